"""EchoService by Debian's python3-grpcio, without generated code: `serve`, `call ADDRESS` or `code ADDRESS PATH`, with
the key in KEY.

`call` makes calls of every kind and prints one JSON object: for each all that its client can tell of it; `code` makes one
and prints how it has ended.
"""

import concurrent.futures
import hashlib
import itertools
import json
import os
import sys
import threading
import time

import grpc

BOUNDLESS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
SERVICE = "echo.v1.EchoService"
UTF8 = "héllo «κόσμε» 🙂"
FAILURE = "Das geht nicht: 100% «voll»"


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def request(text="", count=0, fail=0):
    """An EchoRequest: text 1, count 2, fail 3."""
    raw = text.encode()
    out = b"\x0a" + varint(len(raw)) + raw if raw else b""
    if count:
        out += b"\x10" + varint(count)
    return out + (b"\x18" + varint(fail) if fail else b"")


def read(message):
    """The fields of a message of these kinds, by number."""
    fields, at = {}, 0

    def number():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    while at < len(message):
        tag = number()
        value = number()
        if tag & 7 == 2:
            fields[tag >> 3] = message[at : at + value].decode()
            at += value
        else:
            fields[tag >> 3] = value
    return fields.get(1, ""), fields.get(2, 0), fields.get(3, 0)


# The server


def begin(context):
    """Tells what came in metadata, in its order."""
    seen = [(name, value) for name, value in context.invocation_metadata() if name.startswith("x-my-")]
    context.send_initial_metadata((("x-begin", "here"), *seen))


def end(context, fail=0):
    context.set_trailing_metadata(
        (("x-end", "done"), ("x-end-bin", b"\x00\xff\x01"), ("x-end-bin", b""), ("x-end", "twice"))
        + ((("grpc-status-details-bin", b"\x08" + bytes([fail]) + b"\x12\x02\xc3\xa4"),) if fail else ())
    )
    if fail:
        code = next(code for code in grpc.StatusCode if code.value[0] == fail)
        context.set_code(code)
        context.set_details(FAILURE)


def unary(message, context):
    text, count, fail = read(message)
    if not fail or count:
        begin(context)
    end(context, fail)
    return b"" if fail else request(text)


def server_stream(message, context):
    text, count, fail = read(message)
    begin(context)
    for index in range(count):
        yield request(f"{text}{index}")
    end(context, fail)


def client_stream(messages, context):
    begin(context)
    texts = [read(message)[0] for message in messages]
    end(context)
    return request("+".join(texts))


def bidi(messages, context):
    begin(context)
    for message in messages:
        yield request(read(message)[0])
    end(context)


def serve():
    server = grpc.server(
        concurrent.futures.ThreadPoolExecutor(max_workers=8), options=BOUNDLESS, compression=grpc.Compression.Gzip
    )
    handlers = {
        "Unary": grpc.unary_unary_rpc_method_handler(unary),
        "Server": grpc.unary_stream_rpc_method_handler(server_stream),
        "Client": grpc.stream_unary_rpc_method_handler(client_stream),
        "Bidi": grpc.stream_stream_rpc_method_handler(bidi),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    # Until nobody reads any more who wanted it.
    sys.stdin.read()
    server.stop(None)


# The client


def fields(metadata):
    """Those of one name in their order, the names by theirs: among each other they have none."""
    told = [
        [name, value.hex() if isinstance(value, bytes) else value]
        for name, value in metadata or ()
        if not name.startswith("x-sallyport-") and name != "date"
    ]
    return sorted(told, key=lambda field: field[0])


def told(call, messages):
    """All that there is to tell of a call; the messages by their count and digest."""
    digest = hashlib.sha256()
    count, code = 0, None
    try:
        for message in messages:
            count += 1
            digest.update(varint(len(message)) + message)
    except grpc.RpcError:
        pass
    code = call.code()
    return {
        "code": code.name,
        "details": call.details(),
        "leading": fields(call.initial_metadata()),
        "trailing": fields(call.trailing_metadata()),
        "count": count,
        "digest": digest.hexdigest(),
    }


class Calls:
    def __init__(self, channel, key):
        self.channel = channel
        self.metadata = (("x-my-b", "1"), ("x-my-a-bin", b"\x00\xff\x01"), ("x-my-b", "2"), ("x-my-a-bin", b""))
        if key:
            self.metadata += (("authorization", f"Bearer {key}"),)

    def unary(self, message, method="Unary", **more):
        call = self.channel.unary_unary(f"/{SERVICE}/{method}").future(message, metadata=self.metadata, **more)
        return told(call, one(call))

    def server(self, message, stop_after=None, **more):
        call = self.channel.unary_stream(f"/{SERVICE}/Server")(message, metadata=self.metadata, **more)
        return told(call, call if stop_after is None else stopping(call, stop_after))

    def client(self, messages, **more):
        stub = self.channel.stream_unary(f"/{SERVICE}/Client")
        call = stub.future(iter(messages), metadata=self.metadata, **more)
        return told(call, one(call))

    def bidi(self, messages, **more):
        call = self.channel.stream_stream(f"/{SERVICE}/Bidi")(iter(messages), metadata=self.metadata, **more)
        return told(call, call)

    def lockstep(self, texts):
        """Says the next only when it has heard the last."""
        heard = threading.Semaphore(1)

        def say():
            for text in texts:
                heard.acquire()
                yield request(text)

        call = self.channel.stream_stream(f"/{SERVICE}/Bidi")(say(), metadata=self.metadata)
        return told(call, each(call, heard.release))

    def left_open(self, seconds):
        """Says one thing, then nothing, and does not end."""
        over = threading.Event()

        def say():
            yield request("a")
            over.wait()

        began = time.monotonic()
        call = self.channel.stream_stream(f"/{SERVICE}/Bidi")(say(), metadata=self.metadata, timeout=seconds)
        result = told(call, call)
        over.set()
        return {**result, "late": round(time.monotonic() - began - seconds, 3)}


def one(call):
    yield call.result()


def each(call, then):
    for message in call:
        yield message
        then()


def stopping(call, after):
    yield from itertools.islice(call, after)
    call.cancel()
    list(call)


def call(address, key):
    large = "x" * (8 * 1024 * 1024)
    with grpc.insecure_channel(address, options=BOUNDLESS) as channel:
        calls = Calls(channel, key)
        gzip = {"compression": grpc.Compression.Gzip}
        results = {
            "one message": calls.unary(request(UTF8)),
            "an empty message": calls.unary(request()),
            "a failure": calls.unary(request("a", 1, 9)),
            "a failure without a head": calls.unary(request("a", 0, 5)),
            "no such method": calls.unary(request("a"), "None"),
            "a stream of the server": calls.server(request(UTF8, 100)),
            "an empty stream": calls.server(request("m")),
            "a stream that fails": calls.server(request("m", 3, 10)),
            "a stream of the client": calls.client([request("a"), request("b"), request(UTF8)]),
            "no message of the client": calls.client([]),
            "a talk": calls.bidi([request(str(index)) for index in range(3)]),
            "a talk in turns": calls.lockstep([str(index) for index in range(100)]),
            "8 MiB": calls.unary(request(large)),
            "8 MiB in a stream": calls.bidi([request(large), request("small"), request(large)]),
            "20,000 messages of the server": calls.server(request("m", 20_000)),
            "20,000 messages of the client": calls.client([request("m")] * 20_000),
            "compressed": calls.unary(request(UTF8 * 1000), **gzip),
            "8 MiB compressed": calls.unary(request(large), **gzip),
            "a compressed stream": calls.server(request(UTF8 * 100, 100), **gzip),
            "a compressed talk": calls.bidi([request(UTF8 * 100)] * 20, **gzip),
            "given up in the middle": calls.server(request("m", 20_000), stop_after=10),
            "a deadline": calls.left_open(2),
            "a deadline that is over": calls.unary(request("a"), timeout=-1),
        }
    print(json.dumps(results))


def code(address, path, key):
    with grpc.insecure_channel(address) as channel:
        metadata = (("authorization", f"Bearer {key}"),) if key else ()
        print(json.dumps(channel.unary_unary(path).future(b"", metadata=metadata).code().name))


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "serve":
        serve()
    elif command == "call":
        call(*rest, os.environ.get("KEY", ""))
    else:
        code(*rest, os.environ.get("KEY", ""))
