/** As much of the protobuf wire format as Firestore's events need: https://protobuf.dev/programming-guides/encoding/ */

/** The length-delimited fields of a message (texts and messages) by number, repeated ones in order; others are skipped. Throws on what is no message. */
export function lengthDelimited(message: Uint8Array): ReadonlyMap<number, readonly Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>();
  let at = 0;
  const varint = (): number => {
    // Seven bits a byte, at most ten bytes; beyond 2^53 only skipped numbers lie, whose value is of no interest.
    for (let value = 0, scale = 1, bytes = 1; bytes <= 10; bytes++, scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("the message ends within a number");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number has too many bytes");
  };
  const take = (length: number): Uint8Array => {
    if (at + length > message.length) throw new RangeError("the message ends within a field");
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) varint();
    else if (tag % 8 === 1) take(8);
    else if (tag % 8 === 5) take(4);
    else if (tag % 8 === 2) {
      const value = take(varint());
      const same = fields.get(number);
      if (same) same.push(value);
      else fields.set(number, [value]);
    } else throw new RangeError("a field has an unknown wire type");
  }
  return fields;
}

/** A field that does not repeat; the last one counts, as the format says. */
export function only(fields: ReadonlyMap<number, readonly Uint8Array[]>, number: number): Uint8Array | undefined {
  return fields.get(number)?.at(-1);
}
