/**
 * Increases the number of libuv threads, which is four by default. Host names are resolved by half of the threads, so two names whose servers do not answer
 * would block all others. This file has to be imported first, because the number is read when the threads start.
 */
process.env['UV_THREADPOOL_SIZE'] ||= '64';
