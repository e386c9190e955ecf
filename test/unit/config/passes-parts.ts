import { type Configuration, type LoadedConfiguration, loadConfiguration } from '#config/index.js';
import { fakeHost, type FakeMachine } from './host.js';

export const mainFile = '/etc/keepalived/keepalived.conf';
const executable = { mode: 0o755 };

/** Reads a text as the main file of a machine that has /etc/keepalived/check.sh and notify.sh. */
export function judge(text: string, machine: FakeMachine = {}): LoadedConfiguration {
  const files = {
    [mainFile]: text,
    '/etc/keepalived/check.sh': executable,
    '/etc/keepalived/notify.sh': executable,
    ...machine.files,
  };
  const host = fakeHost({ users: ['keepalived_script'], ...machine, files });
  return loadConfiguration(mainFile, host, { instance: 'director1', seed: 1 });
}

/** The model of a text that can be run. */
export function modelOf(text: string, machine?: FakeMachine): Configuration {
  const { configuration, problems } = judge(text, machine);
  if (!configuration) throw new Error(problems.map((problem) => problem.text).join('\n'));
  return configuration;
}

/** The codes of all problems in a text. */
export const codesOf = (text: string, machine?: FakeMachine): readonly string[] =>
  judge(text, machine).problems.map(({ code }) => code);

export const globals = (lines: string): string => `global_defs {\n${lines}\n}\n`;

/** A vrrp_instance with interface and id, without addresses. */
export const bare = (name: string, vrid: number, lines = ''): string =>
  `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\n${lines}\n}\n`;

/** A vrrp_instance that has all it needs. */
export const instance = (name: string, vrid: number, lines = ''): string =>
  bare(name, vrid, `virtual_ipaddress {\n192.0.2.${vrid}\n}\n${lines}`);

export const script = (name: string, lines = ''): string =>
  `vrrp_script ${name} {\nscript "/etc/keepalived/check.sh"\n${lines}\n}\n`;

export const secure = globals('enable_script_security');

/** A virtual_server with one real server, both with more lines. */
export const server = (lines: string, inside = ''): string =>
  `virtual_server 192.0.2.60 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\n${lines}\nreal_server 192.0.2.61 80 {\n${inside}\n}\n}\n`;
