#!/usr/bin/env python3
"""Analysis against its peers: cpu, wall and memory on captures that are made from a seed.

usage: analysis.py BUILD FOLDER [--mib N,M...] [--rounds N] [--only KIND,...] [--seed N] [--peers NAME,...]

Makes the captures in FOLDER (they stay there), runs deadwire and its peers on each of them in turn, and prints
the tables of docs/benchmarks.md.  Figures are medians over the rounds (of the first size; one round of the
others); what was planted must be found exactly, else the exit status is 1.  Peers that are not installed are
left out.  Times are of the whole program, start included.  Python 3 standard library only.
"""
import argparse
import collections
import gzip
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time

KINDS = ("mix", "small", "eleph")
EVENTS = ("tcp_attempt", "tcp_waiting", "tls_client_hello", "tls_server_hello", "tls_session", "mqtt_connect",
          "mqtt_session", "mqtt_disconnect")
# Of these only what they take: (kind, how many times the first size).
BOUNDS = (("flood", 0.25), ("flood", 1), ("hosts", 1), ("hosts", 5), ("endless", 1), ("endless", 6.5), ("mix", 10), ("eleph", 10))

Run = collections.namedtuple("Run", "cpu wall rss status out")


def run(words, limit=None):
    """Runs a command by itself in a child, so that its memory is not mistaken for another's."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        start = time.monotonic()
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        wall = time.monotonic() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        with os.fdopen(write, "wb") as f:
            f.write(json.dumps([used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024,
                                done.returncode]).encode() + b"\n" + done.stdout)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as f:
        head = f.readline()
        out = f.read()
    os.waitpid(child, 0)
    return Run(*json.loads(head), out)


def warm(path):
    """Into the page cache, from which the system may have taken it meanwhile: who comes first must not pay for all."""
    with open(path, "rb", buffering=0) as f:
        while f.read(1 << 22):
            pass


def make(o, kind, mib):
    path = os.path.join(o.folder, "%s-%d-%d.pcap" % (kind, o.seed, mib))
    truth = path + ".truth"
    if not os.path.exists(truth):
        with open(truth + ".new", "w", encoding="utf-8") as f:
            subprocess.run([o.maker, kind, str(o.seed), str(mib), path], stdout=f, check=True)
        os.rename(truth + ".new", truth)
    with open(truth, encoding="utf-8") as f:
        return path, {k: int(v) for k, v in (line.split() for line in f)}


def judge(o, out, case, truth, path):
    """What deadwire said against what was planted; returns complaints."""
    said = collections.Counter()
    wrong = []
    for line in out.splitlines():
        j = json.loads(line)
        if j["schema"] == "deadwire.verdict/1" and j["state"] != "unknown":
            said[j["rule"]] += 1
        elif j["schema"] == "deadwire.source/1":
            if j["status"] != "complete" or j["packets"] != truth["frames"]:
                wrong.append("%s: %s, %d of %d frames" % (path, j["status"], j["packets"], truth["frames"]))
    planted = {k: v for k, v in truth.items() if "-" in k}
    said.pop("weak-random", None)  # what follows from a repeated random
    if dict(said) != planted:
        wrong.append("%s: planted %s, found %s" % (path, planted, dict(said)))
    sql = "SELECT (SELECT count(*) FROM flow), (SELECT sum(a_resent + b_resent) FROM tcp_life)"
    got = subprocess.run([o.deadwire, "query", "--format", "csv", case, sql], stdout=subprocess.PIPE, check=True)
    flows, resent = (int(x) for x in got.stdout.decode().splitlines()[1].split(","))
    if (flows, resent) != (truth["flows"], truth["resent"]):
        wrong.append("%s: %d flows and %d resends planted, %d and %d found" %
                     (path, truth["flows"], truth["resent"], flows, resent))
    return wrong


def budget(o, case, frames):
    """The size of the case without exhibits, and what may be spent for it: frames, flows, events, a constant."""
    sql = ("SELECT (SELECT count(*) FROM flow), (SELECT sum(length(bytes)) + 40 * count(*) FROM exhibit), " +
           " + ".join("(SELECT count(*) FROM %s)" % table for table in EVENTS))
    got = subprocess.run([o.deadwire, "query", "--format", "csv", case, sql], stdout=subprocess.PIPE, check=True)
    flows, exhibits, events = (int(x or 0) for x in got.stdout.decode().splitlines()[1].split(","))
    return os.path.getsize(case) - exhibits, 10 * frames + 250 * flows + 80 * events + 256000


def peers(o, path):
    table = [("tshark", "tshark -n -q -z expert", ["tshark", "-n", "-q", "-z", "expert", "-r", path]),
             ("ndpiReader", "ndpiReader -q", ["ndpiReader", "-q", "-i", path]),
             ("capinfos", "capinfos", ["capinfos", path]),
             ("openssl", "openssl dgst -sha256", ["openssl", "dgst", "-sha256", path]),
             ("libpcap", "a bare libpcap loop", [o.loop, path])]
    return [(n, t, w) for n, t, w in table if shutil.which(w[0]) and (not o.peers or n in o.peers.split(","))]


def median(runs, what):
    return statistics.median(getattr(r, what) for r in runs)


def measure(o, kind, mib):
    """Rows of the table for one capture: (name, cpu, wall, rss), deadwire first."""
    path, truth = make(o, kind, mib)
    case = os.path.join(o.folder, "case.db")
    runs = collections.defaultdict(list)
    wrong = []
    words = [o.deadwire, "analyze", "--format", "jsonl", "-o", case, path]
    titles = {"deadwire": "deadwire analyze"}
    for _ in range(o.rounds if mib == o.sizes[0] else 1):
        if os.path.exists(case):
            os.unlink(case)
        warm(path)
        runs["deadwire"].append(run(words))
        for name, title, peer in peers(o, path):
            titles[name] = title
            warm(path)
            runs[name].append(run(peer))
    wrong += judge(o, runs["deadwire"][-1].out, case, truth, path)
    size = budget(o, case, truth["frames"])
    os.unlink(case)
    return {"kind": kind, "mib": mib, "frames": truth["frames"], "flows": truth["flows"], "titles": titles, "case": size,
            "rows": {n: [median(r, w) for w in ("cpu", "wall", "rss")] for n, r in runs.items()}, "wrong": wrong}


def print_peers(got):
    print("| capture | program | cpu | wall | memory | its cpu to ours | its wall to ours |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for m in got:
        cpu, wall, _ = m["rows"]["deadwire"]
        what = "%s, %d MiB: %.2f M frames, %.1f k flows" % (m["kind"], m["mib"], m["frames"] / 1e6, m["flows"] / 1e3)
        for name, row in m["rows"].items():
            print("| %s | %s | %.2f s | %.2f s | %.0f MiB | %s | %s |" %
                  (what, m["titles"][name], row[0], row[1], row[2],
                   "1" if name == "deadwire" else "%.2f" % (row[0] / cpu),
                   "1" if name == "deadwire" else "%.2f" % (row[1] / wall)))
            what = ""
    print()


def print_growth(got):
    print("| capture | cpu a million frames | memory | case without exhibits | allowed |")
    print("| --- | --- | --- | --- | --- |")
    for m in got:
        cpu, _, rss = m["rows"]["deadwire"]
        print("| %s, %d MiB: %.2f M frames, %.1f k flows | %.2f s | %.0f MiB | %.1f MB | %.1f MB |" %
              (m["kind"], m["mib"], m["frames"] / 1e6, m["flows"] / 1e3, cpu * 1e6 / m["frames"], rss, m["case"][0] / 1e6, m["case"][1] / 1e6))
    print()


def compressed(o, kind, mib):
    """A .pcap.gz against gzip -dc of the same file."""
    path, _ = make(o, kind, mib)
    packed = path + ".gz"
    if not os.path.exists(packed):
        with open(path, "rb") as f, gzip.open(packed + ".new", "wb", 6) as g:
            shutil.copyfileobj(f, g, 1 << 20)
        os.rename(packed + ".new", packed)
    runs = {"gzip": [], "deadwire": []}
    for _ in range(o.rounds):
        warm(packed)
        runs["gzip"].append(run(["sh", "-c", 'exec gzip -dc "$0" >/dev/null', packed]))
        runs["deadwire"].append(run([o.deadwire, "analyze", packed]))
    print("| %s-%d.pcap.gz | gzip -dc: %.2f s | deadwire: %.2f s wall, %.2f s cpu | %.2f |" %
          (kind, mib, median(runs["gzip"], "wall"), median(runs["deadwire"], "wall"), median(runs["deadwire"], "cpu"),
           median(runs["deadwire"], "wall") / median(runs["gzip"], "wall")))


def tiny(o, n):
    """Many captures of ten packets, in one case."""
    folder = os.path.join(o.folder, "tiny-%d" % n)
    if not os.path.isdir(folder):
        path, _ = make(o, "mix", n // 300 + 1)
        with open(path, "rb") as f:
            data = f.read()
        at, frames = 24, []
        while len(frames) < 10 * n:
            size = 16 + int.from_bytes(data[at + 8:at + 12], "little")
            frames.append(data[at:at + size])
            at += size
        os.mkdir(folder)
        for i in range(n):
            k = 10 * i
            with open(os.path.join(folder, "%06d.pcap" % i), "wb") as f:
                f.write(data[:24] + b"".join(frames[k:k + 10]))
    r = run([o.deadwire, "analyze", "--format", "jsonl", folder])
    one = [run([o.deadwire, "analyze", os.path.join(folder, "%06d.pcap" % i)]) for i in range(20)]
    print("| %d captures of ten packets | %.2f ms each | %.0f MiB | one alone: %.1f ms |" %
          (n, r.wall * 1e3 / n, r.rss, median(one, "wall") * 1e3))


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("build")
    a.add_argument("folder")
    a.add_argument("--mib", default="200,1300")
    a.add_argument("--rounds", type=int, default=1)
    a.add_argument("--only", default=",".join(KINDS))
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--peers", default="")
    a.add_argument("--tiny", type=int, default=10000)
    o = a.parse_args()
    o.deadwire = os.path.join(o.build, "deadwire")
    o.maker = os.path.join(o.build, "tests/bench/make_capture")
    o.loop = os.path.join(o.build, "tests/bench/pcap_loop")
    subprocess.run(["make", "-s", "-C", o.build, "deadwire", "tests/bench/make_capture", "tests/bench/pcap_loop"],
                   check=True, stdout=sys.stderr)
    os.makedirs(o.folder, exist_ok=True)
    sizes = o.sizes = [int(x) for x in o.mib.split(",")]
    got = [measure(o, kind, mib) for mib in sizes for kind in o.only.split(",")]
    print_peers(got)
    o.peers = "none"
    o.rounds = 1
    got += [measure(o, kind, int(sizes[0] * times)) for kind, times in BOUNDS]
    print_growth(got)
    print("| compressed | alone | deadwire | its wall to gzip's |")
    print("| --- | --- | --- | --- |")
    for kind in o.only.split(","):
        compressed(o, kind, sizes[0])
    if o.tiny:
        print("\n| many small files | wall | memory | start and end included |")
        print("| --- | --- | --- | --- |")
        tiny(o, o.tiny)
    print()
    wrong = [w for m in got for w in m["wrong"]]
    for w in wrong:
        print("wrong:", w)
    print("planted faults: %s" % ("NOT found exactly" if wrong else "found exactly"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
