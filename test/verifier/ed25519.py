"""Verification of Ed25519 signatures (RFC 8032, section 5.1), in plain integers.

Only public values are handled, so nothing here needs constant time.
"""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493  # order of the base point
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)

# A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z (RFC 8032, section 5.1.4).
NEUTRAL = (0, 1, 1, 0)


def add(p, q):
    """Sum of two points; the formula is complete, so it doubles as well."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def double_scalar(a, p, b, q):
    """a * p + b * q, in one pass over the bits of both numbers."""
    step = {(0, 1): q, (1, 0): p, (1, 1): add(p, q)}
    total = NEUTRAL
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        total = add(total, total)
        chosen = (a >> bit & 1, b >> bit & 1)
        if chosen in step:
            total = add(total, step[chosen])
    return total


def decode(data):
    """The point written in 32 bytes, or None (section 5.1.3)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * SQRT_MINUS_1 % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def encode(p):
    """The 32 bytes of a point (section 5.1.2)."""
    z = pow(p[2], -1, P)
    x, y = p[0] * z % P, p[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_of_small_order(p):
    """Whether 8 * p is the neutral point: what such a key "signs" proves nothing, as anybody can do it."""
    for _ in range(3):
        p = add(p, p)
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


def is_weak(public_key):
    """Whether a key is not to be used: its y is not below the prime, or its order is small."""
    y = int.from_bytes(public_key, "little") & (1 << 255) - 1
    # The sign of x makes no difference to the order, and without it also the x of 0 can be decoded.
    point = decode(y.to_bytes(32, "little"))
    return y >= P or (point is not None and is_of_small_order(point))


def verify(public_key, message, signature):
    """True if the 64 bytes are this key's signature of the message.

    Of the two equations that section 5.1.7 allows, this is the one without the factor 8; and neither the key nor the
    signature's first half may be a point of small order, as docs/audit-format.md wants it.
    """
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a = decode(public_key)
    s = int.from_bytes(signature[32:], "little")
    if a is None or is_of_small_order(a) or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    r = double_scalar(s, BASE, k, minus_a)
    return encode(r) == signature[:32] and not is_of_small_order(r)
