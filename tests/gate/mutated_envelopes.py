#!/usr/bin/env python3
"""An independent verifier of decisions, and 1,000 envelopes on which it has to agree with Dosegate's.

usage: mutated_envelopes.py DOSEGATE VERIFY_MANY WORK_FOLDER

DOSEGATE is the built program, with which a phantom is decided on; VERIFY_MANY reads envelopes (base64, a line each) and
prints 1 for each that is genuine, else 0. Exit 0: both agree on all, exactly the unchanged ones are genuine.
77: python3-cryptography is missing.
"""
import base64
import hashlib
import json
import os
import random
import subprocess
import sys

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
except ImportError:
    print("python3-cryptography is missing")
    sys.exit(77)

COUNT = 1000
TYPE = "application/vnd.in-toto+json"
Encoding = serialization.Encoding


def no_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a member stands there twice")
    return dict(pairs)


def der_of(public):
    return public.public_bytes(Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def is_genuine(envelope, public):
    """By the description in adapters/gate/README.md alone."""
    try:
        text = envelope.decode("utf-8")
        document = json.loads(text, object_pairs_hook=no_duplicates)
        payload = base64.b64decode(document["payload"], validate=True)
        (signature,) = document["signatures"]
        sig = base64.b64decode(signature["sig"], validate=True)
        canonical = {
            "payloadType": document["payloadType"],
            "payload": base64.b64encode(payload).decode(),
            "signatures": [{"keyid": signature["keyid"], "sig": base64.b64encode(sig).decode()}],
        }
        if json.dumps(canonical, separators=(",", ":"), ensure_ascii=False) + "\n" != text:
            return False
        if document["payloadType"] != TYPE or signature["keyid"] != hashlib.sha256(der_of(public)).hexdigest():
            return False
        pae = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
        public.verify(sig, pae)
        statement = json.loads(payload.decode("utf-8"), object_pairs_hook=no_duplicates)
        return (
            statement["_type"] == "https://in-toto.io/Statement/v1"
            and statement["predicateType"] == "urn:dosegate:decision:1"
            and statement["predicate"]["decision"] in ("APPROVED", "HELD", "REJECTED")
        )
    except (ValueError, KeyError, TypeError, InvalidSignature):
        return False


def mutated(envelope, other_key, rng):
    """An envelope that differs from `envelope`, from one bit to one that a stranger signed anew."""
    data = bytearray(envelope)
    at = rng.randrange(len(data))
    kind = rng.randrange(10)
    if kind == 0:
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        del data[at : at + rng.randrange(1, 20)]
    elif kind == 2:
        data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 5)))
    elif kind == 3:
        data = data[:at]
    elif kind == 4:
        data[at:at] = rng.choice([b" ", b"\n", b"\t", b"=", b'"', b"\\u0000"])
    else:
        document = json.loads(envelope)
        signature = document["signatures"][0]
        payload = base64.b64decode(document["payload"])
        if kind == 5:
            document["payloadType"] = rng.choice(["application/json", "application/vnd.dosegate.waiver+json", ""])
        elif kind == 6:
            payload = payload.replace(*rng.choice([(b"APPROVED", b"HELD"), (b"sha256", b"sha512"), (b"1", b"2")]))
            document["payload"] = base64.b64encode(payload).decode()
        elif kind == 7:
            document["signatures"] = rng.choice([[], [signature, signature], [{"sig": signature["sig"]}], [dict(signature, x=1)]])
        elif kind == 8:
            public = other_key.public_key()
            pae = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
            signature["sig"] = base64.b64encode(other_key.sign(pae)).decode()
            if rng.randrange(2):
                signature["keyid"] = hashlib.sha256(der_of(public)).hexdigest()
        else:
            return (json.dumps(document, indent=rng.choice([0, 1, 2])) + "\n").encode()
        return (json.dumps(document, separators=(",", ":")) + "\n").encode()
    return bytes(data)


def write_key(path, key):
    pem = key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(pem)
    with open(path + ".pub", "wb") as file:
        file.write(key.public_key().public_bytes(Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))


def policy():
    never = {"WARNING": "APPROVE", "DEVIATION": "REJECT", "INDETERMINATE": "HOLD", "NOT_EVALUABLE": "HOLD", "PENDING": "APPROVE"}
    protocol = {"id": "ChiCTR2000036385", "scope": "WHOLE_PROTOCOL", "mandatory": never, "advisory": never, "waivers": []}
    return {
        "schema": "dosegate.policy/1", "id": "p", "version": "1", "title": "t",
        "validFrom": "2020-01-01T00:00:00Z", "validUntil": "2999-01-01T00:00:00Z",
        "require": {"signature": True, "ledger": False, "recheck": False},
        "siteStatements": [], "people": [], "protocols": [protocol], "attestations": [],
    }  # fmt: skip


def main():
    dosegate, verify_many, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(15)
    key, stranger = (Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)) for seed in (41, 42))
    plan, key_path, decision = (os.path.join(folder, name) for name in ("plan", "key", "decision"))
    if not os.path.isdir(plan):
        subprocess.run([dosegate, "phantom", plan], check=True, stdout=subprocess.DEVNULL)
    if os.path.exists(key_path):
        os.remove(key_path)
    write_key(key_path, key)
    with open(os.path.join(folder, "policy"), "w") as file:
        json.dump(policy(), file)
    subprocess.run(
        [dosegate, "approve", plan, "--record", plan + "/record.json", "--policy", folder + "/policy", "--key", key_path,
         "-o", decision], check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    with open(decision, "rb") as file:
        genuine = file.read()

    envelopes = [genuine if i % 100 == 0 else mutated(genuine, stranger, rng) for i in range(COUNT)]
    lines = b"".join(base64.b64encode(envelope) + b"\n" for envelope in envelopes)
    answer = subprocess.run([verify_many, key_path + ".pub"], input=lines, check=True, stdout=subprocess.PIPE).stdout.split()
    wrong = 0
    for i, envelope in enumerate(envelopes):
        ours, theirs, expected = is_genuine(envelope, key.public_key()), answer[i] == b"1", envelope == genuine
        if not ours == theirs == expected:
            print(f"envelope {i}: python {ours}, dosegate {theirs}, expected {expected}: {envelope[:200]!r}")
            wrong += 1
    # The program itself says the same as the function that it calls.
    for i in range(0, COUNT, 50):
        with open(decision, "wb") as file:
            file.write(envelopes[i])
        code = subprocess.run([dosegate, "verify", decision, "--key", key_path + ".pub"], stdout=subprocess.DEVNULL).returncode
        if code != (0 if answer[i] == b"1" else 1):
            print(f"envelope {i}: dosegate verify exits {code}")
            wrong += 1
    print(f"{COUNT} envelopes, {sum(a == b'1' for a in answer)} genuine, {wrong} answered wrongly")
    return 1 if wrong or len(answer) != COUNT else 0


if __name__ == "__main__":
    sys.exit(main())
