// What `npm test` shows while it runs: a line a file, a line for each test that took its time, and failures in full.

const seconds = (milliseconds) => `${((milliseconds ?? 0) / 1000).toFixed(1)} s`;
const slowMs = 1000;

export default class ProgressReporter {
  onTestCaseResult(_test, { status, duration, fullName }) {
    if (status === 'failed') console.log(`  FAILED ${fullName} (${seconds(duration)})`);
    else if (status === 'passed' && duration > slowMs) console.log(`  ok ${fullName} (${seconds(duration)})`);
  }

  onTestResult(test, result) {
    const name = test.path.replace(/^.*\/build\/test\//, '').replace(/\.test\.js$/, '');
    const { numPassingTests: passed, numFailingTests: failed, numPendingTests: skipped, perfStats } = result;
    const counts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`];
    console.log(`${name}: ${counts.filter(Boolean).join(', ')} (${seconds(perfStats.runtime)})`);
    if (result.failureMessage) console.log(result.failureMessage);
  }
}
