export { ScriptRunner, type Script, type ScriptEnd, type ScriptOptions } from './script-runner.js';
export { stateScripts, toldState } from './state-scripts.js';
export { lvsLine, stateLine, vrrpLine } from './fifo-line.js';
export { FifoOutlet, type FifoTally } from './fifo-outlet.js';
export { MailHerald } from './mail-herald.js';
