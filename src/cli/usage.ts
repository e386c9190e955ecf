/** Usage text of the keepalived-compatible command line; `program` is the name that it was called by. */
export const usageText = (program: string): string => `Usage: ${program} [OPTION...]
  -f, --use-file=FILE          Use the specified configuration file
                                default '/etc/keepalived/keepalived.conf'
  -P, --vrrp                   Only run with VRRP subsystem
  -C, --check                  Only run with Health-checker subsystem
  -B, --no_bfd                 Don't run BFD subsystem
      --all                    Force all child processes to run, even if have no configuration
  -l, --log-console            Log messages to local console (needs -n)
  -D, --log-detail             Detailed log messages
  -S, --log-facility=([0-7]|local[0-7]|user|daemon)
                               Set syslog facility to LOG_LOCAL[0-7], user or daemon (default)
  -g, --log-file=FILE          Also log to FILE (default /tmp/keepalived.log)
      --flush-log-file         Flush log file on write
  -G, --no-syslog              Don't log via syslog
  -u, --umask=MASK             umask for file creation (in numeric form)
  -X, --release-vips           Drop VIP on transition from signal (always done)
  -V, --dont-release-vrrp      Don't remove VRRP VIPs on daemon stop
  -I, --dont-release-ipvs      Don't remove IPVS topology on daemon stop
  -R, --dont-respawn           Don't respawn child processes
  -n, --dont-fork              Don't fork the daemon process
  -d, --dump-conf              Dump the configuration data
  -p, --pid=FILE               Use specified pidfile for parent process
  -r, --vrrp_pid=FILE          Use specified pidfile for VRRP child process
  -c, --checkers_pid=FILE      Use specified pidfile for checkers child process
  -b, --bfd_pid=FILE           Use specified pidfile for BFD child process
  -x, --snmp                   Serve every MIB that there is to a master agent
  -A, --snmp-agent-socket=FILE Use the specified socket for the master agent
  -a, --address-monitoring     Report all address additions/deletions notified via netlink
  -i, --config-id=ID           Take lines that begin with @ID, instead of those with the host's name
  -s, --namespace=NAME         Run in this network namespace
  -e, --all-config             An included file that is missing or cannot be read is an error
      --ignore-sigint          Ignore SIGINT (default means terminate)
  -T, --genhash                As understudy genhash; has to be the first option
      --signum=SIGFUNC         Return signal number for STOP, RELOAD, DATA, STATS, STATS_CLEAR,
                               JSON
  -t, --config-test[=LOG_FILE] Check the configuration, output to stderr by default
  -v, --version                Display the version number
  -h, --help                   Display this help message

Understood, and not built yet:
  -m --core-dump, -M --core-dump-pattern, --perf, --debug

Commands of understudy:
  understudy check [FILE [FILE-OF-THE-OTHER-DIRECTOR]]
                               Every problem with its place; with two files also what keeps a VIP from moving
  understudy config [FILE]     The effective configuration, as text or --json
  understudy diff OLD NEW      What a reload would change
  understudy explain WORD      What a keyword takes and means, or what the code of a problem means
  understudy genhash OPTIONS   The MD5 of a page, for a digest line; genhash's options: see understudy genhash -h
  understudy status            How the running daemon is, as tables or --json
  understudy drain VS RS       Gives a real server no new connections; --wait SECONDS waits for those it has to end
  understudy disable VS RS     Takes a real server out; \`undrain\` and \`enable\` undo it, and nothing else does
  understudy services          What IPVS holds for the pools, and has counted; --rates: per second
  understudy why [INSTANCE]    Why instances are what they are: the causes of their last transitions
  understudy record            What the daemon remembers, as JSON Lines, and the adverts as a capture file
  understudy scan INTERFACE    Who speaks VRRP on the segment, and whose VRIDs conflict; as a table or --json
  understudy simulate A.conf B.conf --fault 'at 10s kill A'
                               What these directors would do, on a virtual clock
  understudy demo              A takeover with its measured outage, in namespaces of its own
`;
