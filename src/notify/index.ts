export { ScriptRunner, type Script, type ScriptEnd, type ScriptOptions } from './script-runner.js';
export { stateScripts } from './state-scripts.js';
