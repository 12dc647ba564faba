/**
 * Names of hosts are looked up by half of libuv's threads, of which there are four unless it is told otherwise before
 * their first use: two names whose servers do not answer would hold up all others. So this is imported first of all.
 */
process.env['UV_THREADPOOL_SIZE'] ||= '64';
