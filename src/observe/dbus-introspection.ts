/** What each kind of object offers, beside what every object does. */
const INTERFACES = {
  vrrp: `  <interface name="org.keepalived.Vrrp1.Vrrp">
    <method name="PrintData"/>
    <method name="PrintStats"/>
    <method name="PrintStatsClear"/>
    <method name="ReloadConfig"/>
    <signal name="VrrpStarted"/>
    <signal name="VrrpReloaded"/>
    <signal name="VrrpStopped"/>
  </interface>
`,
  instance: `  <interface name="org.keepalived.Vrrp1.Instance">
    <method name="SendGarp"/>
    <signal name="VrrpStatusChange">
      <arg type="u" name="status"/>
    </signal>
    <property type="(s)" name="Name" access="read"/>
    <property type="(us)" name="State" access="read"/>
  </interface>
  <interface name="org.freedesktop.DBus.Properties">
    <method name="Get">
      <arg type="s" name="interface_name" direction="in"/>
      <arg type="s" name="property_name" direction="in"/>
      <arg type="v" name="value" direction="out"/>
    </method>
    <method name="GetAll">
      <arg type="s" name="interface_name" direction="in"/>
      <arg type="a{sv}" name="properties" direction="out"/>
    </method>
  </interface>
`,
} as const;

const EVERY_OBJECT = `  <interface name="org.freedesktop.DBus.Introspectable">
    <method name="Introspect">
      <arg type="s" name="xml_data" direction="out"/>
    </method>
  </interface>
  <interface name="org.freedesktop.DBus.Peer">
    <method name="Ping"/>
  </interface>
`;

const HEAD = `<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
`;

/**
 * The answer to Introspect: what an object is, and what lies below it.
 * @param children path elements, which need no escaping: letters, digits and underscores.
 */
export function introspection(own: keyof typeof INTERFACES | undefined, children: readonly string[]): string {
  const nodes = children.map((name) => `  <node name="${name}"/>\n`).join('');
  return `${HEAD}<node>\n${own ? INTERFACES[own] + EVERY_OBJECT : ''}${nodes}</node>\n`;
}
