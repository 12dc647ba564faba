/**
 * Preloaded into a server (`--import`): measures the processor time that the main thread spends between two timers, which is how
 * long everybody else waits on a machine with nothing else to do. Unlike the clock, it is not moved by other processes. SIGUSR2
 * has it write the most since the last time, and begin anew.
 */
const EVERY_MS = 2;

let last = process.threadCpuUsage();
let most = 0;

setInterval(() => {
  const now = process.threadCpuUsage();
  most = Math.max(most, (now.user + now.system - last.user - last.system) / 1000);
  last = now;
}, EVERY_MS).unref();

process.on('SIGUSR2', () => {
  // Whatever kept the signal waiting counts as well.
  setTimeout(() => {
    process.stdout.write(`main thread: ${most.toFixed(1)} ms\n`);
    most = 0;
  }, 2 * EVERY_MS);
});
