"""An SMTP server (Debian's python3-aiosmtpd) that says on standard output what it takes, one JSON object a line.

Its argument is a JSON object: host, port; manner: 'takes', 'refuses' (550), 'defers' (the first mail of each subject
gets 450), 'trickles' (an answer never ends), 'is silent'; tls: 'starttls' or 'connect', with cert and key; login: [user,
password]; unknown: recipients that it does not know.
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

wish = json.loads(sys.argv[1])
manner = wish.get("manner", "takes")
tls = None
if "tls" in wish:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(wish["cert"], wish["key"])


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    def __init__(self):
        self.deferred = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in wish.get("unknown", []):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        text = envelope.content.decode("utf-8")
        if manner == "refuses":
            say(refused=text)
            return "550 5.7.1 not wanted"
        if manner == "defers" and text not in self.deferred:
            # A second try says the same in the same words, but for its id.
            subject = [line for line in text.split("\r\n") if line.startswith("Subject:")][0]
            if subject not in self.deferred:
                self.deferred.add(subject)
                say(deferred=text)
                return "450 4.7.1 come back later"
        say(
            helo=session.host_name,
            tls=session.ssl is not None or wish.get("tls") == "connect",
            login=session.authenticated,
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            text=text,
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    ok = isinstance(data, LoginPassword) and [data.login.decode(), data.password.decode()] == wish["login"]
    return AuthResult(success=ok)


async def trickle(reader, writer):
    """Never done, and never silent for long."""
    try:
        writer.write(b"220-wait")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.2)
    except ConnectionError:
        pass


async def silence(reader, writer):
    await reader.read()


async def serve_raw(answer):
    server = await asyncio.start_server(answer, wish["host"], wish["port"])
    say(ready=True)
    async with server:
        await server.serve_forever()


if manner in ("trickles", "is silent"):
    asyncio.run(serve_raw(trickle if manner == "trickles" else silence))

controller = Controller(
    Handler(),
    hostname=wish["host"],
    port=wish["port"],
    ssl_context=tls if wish.get("tls") == "connect" else None,
    tls_context=tls if wish.get("tls") == "starttls" else None,
    require_starttls=wish.get("tls") == "starttls",
    decode_data=False,
    enable_SMTPUTF8=True,
    authenticator=authenticate if "login" in wish else None,
    auth_required="login" in wish,
    auth_require_tls=wish.get("tls") == "starttls",
)
controller.start()
say(ready=True)
asyncio.new_event_loop().run_forever()
