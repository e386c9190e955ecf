// Configurations as large as anybody has them, made the same way every time.

/** Virtual servers with ten real servers each, or one with all of them. */
export function realServers(count: number, grouping: 'in tens' | 'in one pool'): string {
  const size = grouping === 'in tens' ? 10 : count;
  const lines: string[] = [];
  for (let first = 0; first < count; first += size) {
    lines.push(`virtual_server 10.${octets(first)} 80 {`);
    lines.push('    delay_loop 6', '    lb_algo rr', '    lb_kind NAT', '    protocol TCP', '');
    for (let index = first; index < Math.min(count, first + size); index += 1)
      lines.push(...realServer(index));
    lines.push('}', '');
  }
  return lines.join('\n');
}

const octets = (index: number): string => `${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

const realServer = (index: number): readonly string[] => [
  `    real_server 172.${octets(index)} 80 {`,
  '        weight 1',
  '        TCP_CHECK {',
  '            connect_timeout 3',
  '            retry 3',
  '            delay_before_retry 3',
  '        }',
  '    }',
];

/** The manual's example of sequences: a track file and an instance for each of 8 x 32 x 254, or for 1 x 1 x 255. */
export function instances(count: 65_024 | 255): string {
  const sequence =
    count === 255
      ? '~SEQ(IF,0,0) ~SEQ(NUM,0,0) ~SEQ(ID,1,255)'
      : '~SEQ(IF,0,7) ~SEQ(NUM,0,31) ~SEQ(ID,1,254)';
  return `$VI4= \\
track_file offset_instance_4.\${IF}.\${NUM}.\${ID} { \\
    file "\${_PWD}/679/track_files/4.\${IF}.\${NUM}.\${ID}" \\
    weight -100 \\
} \\
vrrp_instance vrrp4.\${IF}.\${NUM}.\${ID} { \\
    interface bond\${IF}.\${NUM} \\
    use_vmac vrrp4.\${IF}.\${NUM}.\${ID} \\
    virtual_router_id \${ID} \\
    priority 130 \\
    virtual_ipaddress { \\
        10.\${IF}.\${NUM}.\${ID}/24 \\
    } \\
    track_file { \\
        offset_instance_4.\${IF}.\${NUM}.\${ID} \\
    } \\
}

${sequence} $VI4
`;
}
