// How these programs speak with the test that started them: one line of JSON, and an end when it lets go.

/** Says one thing to the test. */
export function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

/** Says that the app listens; from now on it lives as long as its standard input. */
export function ready(what) {
  process.stdin.on('end', () => process.exit()).resume();
  say(what);
}
