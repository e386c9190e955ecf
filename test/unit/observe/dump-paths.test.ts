import { type Configuration } from '#config/index.js';
import { dumpPath, type DumpFile } from '#observe/dump/dump-paths.js';

type Daemon = Configuration['details']['daemon'];

const daemon = (files: Partial<Daemon['files']> = {}, names: Partial<Daemon> = {}): Daemon =>
  ({ files: { dataUseInstance: false, jsonVersion: 1, ...files }, ...names }) as Daemon;

const names = { networkNamespace: 'red', instanceName: 'two' };

test.each<[string, DumpFile, Daemon, string]>([
  ['unless told', 'data', daemon(), '/tmp/keepalived.data'],
  ['of the checkers', 'check-data', daemon(), '/tmp/keepalived_check.data'],
  ['statistics', 'stats', daemon(), '/tmp/keepalived.stats'],
  ['JSON', 'json', daemon(), '/tmp/keepalived.json'],
  ['a directory', 'data', daemon({ stateDump: '/run/ka/' }), '/run/ka/keepalived.data'],
  ['a file', 'check-data', daemon({ stateDump: '/run/ka/state.txt' }), '/run/ka/state_check.txt'],
  ['a file without an ending', 'check-data', daemon({ stateDump: '/run/ka/state' }), '/run/ka/state_check'],
  ['a name alone', 'data', daemon({ stateDump: 'state.txt' }), '/tmp/state.txt'],
  ['statistics elsewhere', 'stats', daemon({ statsDump: '/run/ka/' }), '/run/ka/keepalived.stats'],
  ['JSON elsewhere', 'json', daemon({ jsonDump: '/run/ka.json' }), '/run/ka.json'],
  ['with names', 'data', daemon({ dataUseInstance: true }, names), '/tmp/keepalived.red_two.data'],
  [
    'with one name',
    'check-data',
    daemon({ dataUseInstance: true }, { instanceName: 'two' }),
    '/tmp/keepalived_check.two.data',
  ],
  ['with names that are not wanted', 'data', daemon({}, names), '/tmp/keepalived.data'],
  ['with names that are not there', 'data', daemon({ dataUseInstance: true }), '/tmp/keepalived.data'],
])('%s', (_, kind, settings, path) => {
  expect(dumpPath(kind, settings, '/tmp')).toBe(path);
});
