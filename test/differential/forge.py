"""Sends VRRP adverts over IPv4, right ones and wrong ones: forge.py INTERFACE SOURCE DESTINATION EVERY JSON, a list of adverts."""
import json
import socket
import struct
import sys
import time


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def message(advert, source, destination):
    version = advert.get("version", 2)
    addresses = advert.get("addresses", ["192.0.2.100"])
    head = struct.pack(
        "!BBBB",
        version << 4 | advert.get("type", 1),
        advert.get("vrid", 51),
        advert["priority"],
        len(addresses),
    )
    interval = advert.get("interval", 1)
    if version == 2:
        head += struct.pack("!BB", advert.get("authType", 0), interval)
        pseudo = b""
    else:
        head += struct.pack("!H", round(interval * 100))
        pseudo = socket.inet_aton(source) + socket.inet_aton(destination)
    body = b"".join(map(socket.inet_aton, addresses))
    if version == 2:
        body += advert.get("password", "").encode().ljust(8, b"\0")
    whole = head + b"\0\0" + body
    if pseudo:
        pseudo += struct.pack("!HH", 112, len(whole))
    total = advert.get("checksum", checksum(pseudo + whole))
    whole = head + struct.pack("!H", total) + body
    return whole[: advert.get("length", len(whole))] + b"x" * advert.get("padding", 0)


def main(interface, source, destination, every, adverts):
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    for number, advert in enumerate(json.loads(adverts)):
        if number > 0:
            time.sleep(float(every))
        payload = message(advert, source, destination)
        header = struct.pack(
            "!BBHHHBBH",
            0x45,
            0xC0,
            20 + len(payload),
            number + 1,
            0,
            advert.get("ttl", 255),
            112,
            0,
        )
        ends = socket.inet_aton(source) + socket.inet_aton(destination)
        sender.sendto(header + ends + payload, (destination, 0))


main(*sys.argv[1:])
