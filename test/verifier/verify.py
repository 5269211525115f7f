"""A second verifier of Suture's audit exports and proofs, written from docs/audit-format.md alone.

    python3 verify.py FILE [--key VKEY|FILE]... [--checkpoint FILE]
    python3 verify.py --batch

Prints one sentence. Exit code: 0 the file is right, 1 it is not, 2 it could not be checked.
--batch reads the arguments of a check from each line of its input, as a JSON list, and answers each with a line
[exit code, sentence, number of the first bad entry or null].
"""

import base64
import binascii
import hashlib
import json
import os
import re
import sys
import unicodedata

import ed25519

MAX_NUMBER = 2**53 - 1
MAX_LINE = 70_000
MAX_ENTRY = 65_535
MAX_NOTE = 16_384
MAX_NAME = 512
MAX_SIGNATURES = 16
MAX_PROOF = 64 * 1024 * 1024
# Unicode White_Space that is not a control character (those are looked up by category).
WHITE_SPACE = set("\u0020\u00a0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200B)}


class Finding(Exception):
    """A rule of the format that the file breaks, and the first entry that is wrong or missing, where that is known."""

    def __init__(self, sentence, first_bad=None):
        super().__init__(sentence)
        self.first_bad = first_bad


class Unusable(Exception):
    """The check cannot be made: wrong arguments, unreadable files."""


def require(holds, finding, first_bad=None):
    if not holds:
        raise Finding(finding, first_bad)


# --- Conventions ---


def text_of(data, what):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Finding(f"{what} is not UTF-8") from None


def base64_bytes(text, what, entry=None):
    """Bytes of the one right base64 text; `entry` is to blame where it is none."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise Finding(f"{what} is not base64", entry) from None
    require(base64.b64encode(data).decode() == text, f"{what} is not base64", entry)
    return data


def hash_of(text, what, entry=None):
    data = base64_bytes(text, what, entry)
    require(len(data) == 32, f"{what} does not have 32 bytes", entry)
    return data


def number_of(text, what):
    require(re.fullmatch("0|[1-9][0-9]{0,15}", text) and int(text) <= MAX_NUMBER, f"{what} is not a number")
    return int(text)


def canonical(data, what):
    """The value of canonical JSON."""
    try:
        value = json.loads(text_of(data, what))
        again = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):  # UnicodeEncodeError, for half a surrogate pair, is a ValueError
        raise Finding(f"{what} is not JSON") from None
    require(again == data, f"{what} is not canonical JSON")
    return value


def is_text(value):
    return isinstance(value, str)


def is_list(value):
    return isinstance(value, list)


def is_number(value):
    return type(value) is int and 0 <= value <= MAX_NUMBER


def is_one(value):
    return type(value) is int and value == 1


def is_mapping(value):
    return isinstance(value, dict)


def fields(value, shape, what):
    """The fields of a mapping that has exactly the keys of `shape`, each of its kind, in that order."""
    require(is_mapping(value) and value.keys() == shape.keys(), f"{what} does not have the keys {', '.join(shape)}")
    for key, is_right in shape.items():
        require(is_right(value[key]), f"{what} has a wrong {key}")
    return [value[key] for key in shape]


# --- Tree ---


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf(entry):
    return sha256(b"\0" + entry)


def node(left, right):
    return sha256(b"\1" + left + right)


class Tree:
    """The compact range of the leaves appended so far."""

    def __init__(self):
        self.size = 0
        self.peaks = []

    def append(self, leaf_hash):
        self.peaks.append(leaf_hash)
        before = self.size
        while before & 1:
            right = self.peaks.pop()
            self.peaks.append(node(self.peaks.pop(), right))
            before >>= 1
        self.size += 1

    def root(self):
        if not self.peaks:
            return sha256(b"")
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node(peak, root)
        return root


def is_in(checkpoint, entry, index, path):
    """Whether the entry with this number and path is under the checkpoint's root."""
    if index >= checkpoint.size:
        return False
    r, a, b = leaf(entry), index, checkpoint.size - 1
    for p in path:
        if b == 0:
            return False
        if a & 1 or a == b:
            r = node(p, r)
            while not a & 1 and a > 0:
                a, b = a >> 1, b >> 1
        else:
            r = node(r, p)
        a, b = a >> 1, b >> 1
    return b == 0 and r == checkpoint.root


# --- Keys and checkpoints ---


def utf16_length(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_name(text):
    right_length = 1 <= utf16_length(text) <= MAX_NAME
    return right_length and not any(c == "+" or c in WHITE_SPACE or unicodedata.category(c) == "Cc" for c in text)


class Key:
    """A public key in its text form."""

    def __init__(self, vkey):
        parts = vkey.split("+", 2)
        require(len(parts) == 3 and is_name(parts[0]), "a key is not of the form name+id+base64")
        self.vkey, self.name = vkey, parts[0]
        typed = base64_bytes(parts[2], "a key")
        require(len(typed) == 33 and typed[0] == 1, f"the key {vkey} is not an Ed25519 key")
        self.id = sha256(self.name.encode() + b"\n" + typed)[:4]
        self.public = typed[1:]
        require(not ed25519.is_weak(self.public), f"anybody could sign with the key {vkey}")
        require(parts[1] == self.id.hex(), f"the key {vkey} does not have the id that it bears")


class KnownKeys:
    """The keys that a note is checked with: those of the file and the pinned ones."""

    def __init__(self, keys):
        self.keys = list({key.vkey: key for key in keys}.values())

    def signers(self, note, what):
        """The vkeys of the known keys that signed; at least one, and every signature of theirs is valid."""
        found = set()
        for name, key_id, signature in note.signatures:
            # Two keys with one id can be made, as ids are short: no signature is valid for both.
            for key in self.keys:
                if (key.name, key.id) == (name, key_id):
                    valid = ed25519.verify(key.public, note.text.encode(), signature)
                    require(valid, f"{what} has a wrong signature of {key.vkey}")
                    found.add(key.vkey)
        require(found, f"{what} is not signed by a known key")
        return found


class Checkpoint:
    """A note: what it says (origin, size, root), what is signed (text), and its signatures (name, id, bytes)."""

    def __init__(self, note, origin, what):
        require(utf16_length(note) <= MAX_NOTE, f"{what} is too long")
        controls = any(c != "\n" and unicodedata.category(c) == "Cc" for c in note)
        require(not controls, f"{what} has control characters")
        at = note.rfind("\n\n")
        require(at >= 0, f"{what} has no signatures")
        self.text, signature_text = note[: at + 1], note[at + 2 :]
        lines = self.text.split("\n")
        require(len(lines) == 4 and is_name(lines[0]), f"{what} does not have the lines origin, size, root")
        self.size = number_of(lines[1], f"the size of {what}")
        self.root = hash_of(lines[2], f"the root of {what}")
        require(signature_text.endswith("\n"), f"{what} does not end with a signature line")
        signature_lines = signature_text[:-1].split("\n")
        require(len(signature_lines) <= MAX_SIGNATURES, f"{what} has too many signatures")
        self.signatures = [self._signature(line, what) for line in signature_lines]
        require(lines[0] == origin, f"{what} is of {lines[0]}, not of {origin}")

    @staticmethod
    def _signature(line, what):
        parts = line.split(" ")
        right = len(parts) == 3 and parts[0] == "\u2014" and is_name(parts[1])
        require(right, f"{what} has a wrong signature line")
        data = base64_bytes(parts[2], f"a signature of {what}")
        require(len(data) > 4, f"{what} has a signature that is too short")
        return parts[1], data[:4], data[4:]


def require_introduction(entry, vkey, index):
    """The entry tells of this key. It need not be canonical JSON, only JSON (nested less than about 1,000 deep)."""
    try:
        # Numbers do not matter here; floats take those of any length.
        value = json.loads(entry.decode("utf-8"), parse_int=float, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        value = None
    details = value.get("details") if is_mapping(value) else None
    right = is_mapping(details) and value.get("event") == "audit_key_rotated" and details.get("vkey") == vkey
    require(right, f"entry {index} does not introduce the key {vkey}", index)


def _no_constant(name):
    raise ValueError(name)


def require_entry(entry, index):
    require(1 <= len(entry) <= MAX_ENTRY, f"entry {index} does not have 1 to 65,535 bytes", index)
    require(b"\n" not in entry, f"entry {index} has an LF", index)


# --- Export ---


class Lines:
    """The lines of a file, without LF, one at a time; and no more than one in memory."""

    def __init__(self, file):
        self.file = file
        self.number = 0
        self.cut_off = False

    def next(self):
        """The next line, or None at the end of the file or where it was cut off within a line."""
        line = self.file.readline(MAX_LINE + 1)
        if line.endswith(b"\n"):
            self.number += 1
            return line[:-1]
        require(len(line) <= MAX_LINE, f"line {self.number + 1} is longer than 70,000 bytes")
        self.cut_off = len(line) > 0
        return None


class Export:
    """One pass over an export. Each method is a rule of "Verifying an export"."""

    def __init__(self, file, pinned, saved_note):
        self.lines = Lines(file)
        self.pinned = pinned
        self.trusted = {key.vkey for key in pinned}
        self.tree = Tree()
        self.checked = None  # size of the last checkpoint read
        self.vouched = False  # whether the last checkpoint read has a trusted signer
        self.signed = set()  # vkeys that signed a checkpoint of the file
        self.header()
        self.saved = self.read_saved(saved_note)

    def header(self):
        header = canonical(self.lines.next() or b"", "the header")
        shape = {"origin": is_text, "size": is_number, "keys": is_list, "suture_audit_export": is_one}
        self.origin, self.size, listed, _ = fields(header, shape, "the header")
        require(is_name(self.origin), "the header has a wrong origin")
        require(listed, "the header has no keys")
        self.keys, self.introduced_by, before = [], {}, None
        for number, item in enumerate(listed):
            shape = {"vkey": is_text, "introduced_by": is_number if number else lambda value: value is None}
            vkey, introduced_by = fields(item, shape, "a key of the header")
            key = Key(vkey)
            require(key.name == self.origin, "a key of the header has another name than the log")
            require(vkey not in self.introduced_by, "a key is in the header twice")
            if number:
                rises = introduced_by < self.size and (before is None or introduced_by > before)
                require(rises, "the keys of the header are not introduced by rising numbers of its entries")
                before = introduced_by
            self.keys.append(key)
            self.introduced_by[vkey] = introduced_by
        self.introduces = {entry: vkey for vkey, entry in self.introduced_by.items() if entry is not None}
        self.known = KnownKeys(self.keys + self.pinned)

    def read_saved(self, note):
        if note is None:
            return None
        saved = Checkpoint(note, self.origin, "the saved checkpoint")
        self.known.signers(saved, "the saved checkpoint")
        missing = f"the end of the history is missing: it had {saved.size} entries, the file has {self.size}"
        require(saved.size <= self.size, missing)
        return saved

    def compare_saved(self):
        if self.saved and self.saved.size == self.tree.size:
            another = f"the log told another history of its first {self.saved.size} entries than this file does"
            require(self.tree.root() == self.saved.root, another)

    def entry(self, line):
        due = self.tree.size
        what = f"entry {due}"
        parts = line.split(b" ", 2)
        require(parts[0] == b"%d" % due, f"{what} is missing: line {self.lines.number} is not it", due)
        require(due < self.size, f"{what} is more than the header counts", due)
        require(len(parts) == 3, f"{what} is not number, leaf hash and bytes", due)
        entry = parts[2]
        require_entry(entry, due)
        written = hash_of(parts[1].decode("latin-1"), f"the leaf hash of {what}", due)
        require(leaf(entry) == written, f"{what} was changed: its leaf hash is another", due)
        if due in self.introduces:
            require_introduction(entry, self.introduces[due], due)
        self.tree.append(written)
        self.compare_saved()

    def checkpoint(self, line):
        what = f"the checkpoint on line {self.lines.number}"
        note = canonical(line[len(b"checkpoint ") :], what)
        require(is_text(note), f"{what} is not a text")
        checkpoint = Checkpoint(note, self.origin, what)
        size, before = checkpoint.size, self.checked
        require(size == self.tree.size, f"{what} is of {size} entries and stands behind {self.tree.size}")
        require(before is None or size > before, f"{what} is there twice")
        # Without entries there is none to blame.
        between = f": one of the entries {before or 0} to {size - 1} is wrong" if size else ""
        first_bad = (before or 0) if size else None
        require(checkpoint.root == self.tree.root(), f"{what} has another root{between}", first_bad)
        signers = self.known.signers(checkpoint, what)
        for vkey in signers:
            introduced_by = self.introduced_by.get(vkey)
            early = f"{what} is signed by the key {vkey}, which is introduced only below it"
            require(introduced_by is None or introduced_by < size, early)
        self.checked = size
        self.signed |= signers
        self.vouched = bool(signers & self.trusted)
        if self.vouched:
            self.trusted |= {vkey for entry, vkey in self.introduces.items() if entry < size}

    def end(self, line):
        require(line == b"end %d" % self.size, f"line {self.lines.number} is no entry, checkpoint or right end")
        read = self.tree.size
        require(read == self.size, f"entry {read} is missing: the file ends before it", read)
        require(self.lines.next() is None and not self.lines.cut_off, "something follows the end")
        require(self.checked == self.size, "the last entries have no checkpoint")
        for key in self.keys:
            require(key.vkey in self.signed, f"the key {key.vkey} has signed no checkpoint of the file")
        require(self.vouched or not self.pinned, "no pinned key vouches for the last checkpoint")

    def verify(self):
        self.compare_saved()
        while True:
            line = self.lines.next()
            read, first_bad = self.tree.size, self.tree.size if self.tree.size < self.size else None
            require(line is not None, f"the file is cut off behind {read} of {self.size} entries", first_bad)
            if line.startswith(b"checkpoint "):
                self.checkpoint(line)
            elif line.startswith(b"end "):
                self.end(line)
                return self.verdict()
            else:
                self.entry(line)

    def verdict(self):
        held = f"all {self.size} entries of {self.origin} are right"
        if self.pinned:
            return f"{held}, under a checkpoint that a pinned key vouches for"
        return f"{held} among themselves, but no key is pinned: {self.keys[-1].vkey} signed and could be anybody's"


# --- Proof ---


class Proof:
    """A proof. The rules are those of "Verifying a proof"."""

    def __init__(self, file, pinned):
        data = file.read(MAX_PROOF + 1)
        require(len(data) <= MAX_PROOF, "the proof is longer than 64 MiB")
        require(data.endswith(b"\n"), "the proof does not end with LF")
        shape = {
            "suture_audit_proof": is_one,
            "origin": is_text,
            "checkpoint": is_text,
            "entries": is_list,
            "keys": is_list,
            "claim": is_mapping,
        }
        value = canonical(data[:-1], "the proof")
        _, self.origin, self.note, entries, self.listed, claim = fields(value, shape, "the proof")
        require(is_name(self.origin), "the proof has a wrong origin")
        fields(claim, {"about": is_text, "complete": lambda value: isinstance(value, bool)}, "the claim")
        self.entries = [self.located(item, {}, "an entry of the proof")[0] for item in entries]
        require(self.entries, "the proof has no entries")
        numbers = [index for index, _, _ in self.entries]
        require(all(a < b for a, b in zip(numbers, numbers[1:])), "the entries are not in the order of their numbers")
        require(self.listed, "the proof has no keys")
        self.pinned = pinned
        self.trusted = {key.vkey for key in pinned}

    @staticmethod
    def located(item, more, what):
        """((index, entry, path), further fields) of a mapping."""
        shape = {"index": is_number, "entry": is_text, "path": is_list, **more}
        index, entry_text, path_texts, *others = fields(item, shape, what)
        what = f"entry {index}"
        entry = entry_text.encode("utf-8")
        require_entry(entry, index)
        require(all(is_text(text) for text in path_texts), f"the path of {what} is not of texts")
        return (index, entry, [hash_of(text, f"the path of {what}") for text in path_texts]), others

    def read_keys(self):
        """Rule 1; the keys with where each is introduced."""
        keys = []
        for number, item in enumerate(self.listed):
            shape = {"vkey": is_text, "introduced": is_mapping if number else lambda value: value is None}
            vkey, introduced = fields(item, shape, "a key of the proof")
            key = Key(vkey)
            require(key.name == self.origin, "a key of the proof has another name than the log")
            where = self.located(introduced, {"checkpoint": is_text}, "an introduction") if number else None
            keys.append((key, where))
        return keys

    def verify(self):
        keys = self.read_keys()
        known = KnownKeys([key for key, _ in keys] + self.pinned)
        for key, where in keys[1:]:
            (index, entry, path), (note,) = where
            what = f"the checkpoint that introduces {key.vkey}"
            checkpoint = Checkpoint(note, self.origin, what)
            signers = known.signers(checkpoint, what)
            require(is_in(checkpoint, entry, index, path), f"entry {index} is not in {what}", index)
            require_introduction(entry, key.vkey, index)
            if signers & self.trusted:
                self.trusted.add(key.vkey)
        checkpoint = Checkpoint(self.note, self.origin, "the checkpoint")
        signers = known.signers(checkpoint, "the checkpoint")
        last = keys[-1][0].vkey
        require(last in signers, f"the checkpoint is not signed by the last key, {last}")
        for index, entry, path in self.entries:
            absent = f"entry {index} is not in the log, or is another there"
            require(is_in(checkpoint, entry, index, path), absent, index)
        require(signers & self.trusted or not self.pinned, "no pinned key vouches for the checkpoint")
        held = f"the {len(self.entries)} entries are in the log {self.origin} of {checkpoint.size} entries"
        return held if self.pinned else f"{held}, but no key is pinned: {last} signed and could be anybody's"


# --- Command ---


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error}") from None


def pinned_keys(given):
    """A vkey, or a file of vkeys, one a line; empty lines and those with # in front are left out."""
    try:
        text = text_of(read_file(given), given) if os.path.isfile(given) else given
        lines = [line.strip() for line in text.split("\n")]
        keys = [Key(line) for line in lines if line and not line.startswith("#")]
    except Finding as finding:
        raise Unusable(str(finding)) from None
    if not keys:
        raise Unusable(f"{given} holds no key")
    return keys


def saved_note(path):
    """The note in a file. Copied by hand it has lost its last LF or won some; Windows adds CR and a byte order mark."""
    note = text_of(read_file(path), "the saved checkpoint")
    return note.removeprefix("\ufeff").replace("\r", "").rstrip("\n") + "\n"


def arguments(given):
    """(file, pinned keys, saved note or None)"""
    files, pinned, note, rest = [], [], None, list(given)
    while rest:
        word = rest.pop(0)
        if word in ("--key", "--checkpoint"):
            if not rest:
                raise Unusable(f"{word} needs a value")
            if word == "--key":
                pinned += pinned_keys(rest.pop(0))
            else:
                note = saved_note(rest.pop(0))
        else:
            files.append(word)
    if len(files) != 1 or files[0].startswith("--"):
        raise Unusable("usage: verify.py FILE [--key VKEY|FILE]... [--checkpoint FILE]")
    return files[0], pinned, note


def check(given):
    """(exit code, sentence, first bad entry or None) for the arguments of one check."""
    try:
        path, pinned, note = arguments(given)
        with open(path, "rb") as file:
            start = b'{"checkpoint":'  # how the canonical JSON of every proof begins, and of no header
            is_proof = file.read(len(start)) == start
            file.seek(0)
            if is_proof and note is not None:
                raise Unusable("a proof cannot be compared with a saved checkpoint: only an export can")
            return 0, (Proof(file, pinned) if is_proof else Export(file, pinned, note)).verify(), None
    except Finding as finding:
        return 1, str(finding), finding.first_bad
    except Unusable as problem:
        return 2, str(problem), None
    except OSError as problem:
        return 2, f"the file cannot be read: {problem}", None


def main(given):
    if given == ["--batch"]:
        for line in sys.stdin:
            print(json.dumps(check(json.loads(line))), flush=True)
        return 0
    code, sentence, _ = check(given)
    print(("right: ", "wrong: ", "not checked: ")[code] + sentence)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
