import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { describe, it } from "node:test";
import { decrypt, getSignature } from "@wecom/crypto";
import fc from "fast-check";
import {
  type CallbackCrypto,
  type CallbackQuery,
  createCallbackCrypto,
} from "../../../adapters/wecom/index.ts";
import { movableClock } from "../../support/clock.ts";
import { OWN, V1, V3, V4, V5, VECTORS, type Vector, type VectorKeys } from "./vectors.ts";

const WINDOW_MS = 300_000;

function queryOf(vector: Vector, overrides: Record<string, unknown> = {}): CallbackQuery {
  const { signature, timestamp, nonce } = vector;
  return { msg_signature: signature, timestamp, nonce, ...overrides };
}

function cryptoFor(vector: Vector, overrides: Partial<VectorKeys> = {}, skewMs = 0): CallbackCrypto {
  const clock = movableClock(Number(vector.timestamp) * 1000 + skewMs);
  const random = () => Buffer.from(vector.random, "latin1");
  return createCallbackCrypto({ ...vector, ...overrides, windowMs: WINDOW_MS, clock, random });
}

function refusal(reason: string) {
  return { outcome: "refused", reason };
}

/** A ciphertext over bytes of our choice, signed as WeCom would. */
function forged(padded: Buffer): { query: CallbackQuery; encrypt: string } {
  const key = Buffer.from(`${OWN.encodingAesKey}=`, "base64");
  const cipher = createCipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  const encrypt = Buffer.concat([cipher.update(padded), cipher.final()]).toString("base64");
  const { timestamp, nonce } = V4;
  const msg_signature = getSignature(OWN.token, timestamp, nonce, encrypt);
  return { query: { msg_signature, timestamp, nonce }, encrypt };
}

/** The last block's pad bytes replaced by others of the test's choice. */
function withPadding(...pad: number[]): Buffer {
  const body = Buffer.alloc(32 - (pad.length % 32), "x");
  return Buffer.concat([body, Buffer.from(pad)]);
}

function plainOf(message: string, lengthField: number, receiveId = OWN.receiveId): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(lengthField);
  const plain = Buffer.concat([Buffer.alloc(16, "r"), length, Buffer.from(message), Buffer.from(receiveId)]);
  const pad = 32 - (plain.length % 32);
  return Buffer.concat([plain, Buffer.alloc(pad, pad)]);
}

describe("opening a callback's envelope", () => {
  for (const [name, vector] of Object.entries(VECTORS)) {
    it(`opens the known envelope ${name}`, () => {
      const opened = cryptoFor(vector).open(queryOf(vector), vector.encrypt);
      assert.deepEqual(opened, { outcome: "opened", message: vector.plain });
    });

    it(`makes the same envelope ${name} from the same random bytes`, () => {
      const sealed = cryptoFor(vector).seal(vector.plain, vector);
      assert.equal(sealed.encrypt, vector.encrypt);
      assert.equal(sealed.signature, vector.signature);
    });

    it(`agrees with the vendor's package about ${name}`, () => {
      const { message, id } = decrypt(vector.encodingAesKey, vector.encrypt);
      assert.deepEqual({ message, id }, { message: vector.plain, id: vector.receiveId });
    });
  }

  it("accepts a signature in capitals", () => {
    const query = queryOf(V4, { msg_signature: V4.signature.toUpperCase() });
    assert.equal(cryptoFor(V4).open(query, V4.encrypt).outcome, "opened");
  });

  it("accepts a timestamp at either edge of the window", () => {
    for (const skewMs of [WINDOW_MS, -WINDOW_MS]) {
      assert.equal(cryptoFor(V4, {}, skewMs).open(queryOf(V4), V4.encrypt).outcome, "opened");
    }
  });

  it("refuses a timestamp beyond either edge of the window", () => {
    for (const skewMs of [WINDOW_MS + 1, -WINDOW_MS - 1]) {
      assert.deepEqual(cryptoFor(V4, {}, skewMs).open(queryOf(V4), V4.encrypt), refusal("stale_timestamp"));
    }
  });

  it("refuses a ciphertext with one character changed", () => {
    const changed = `5${V4.encrypt.slice(1)}`;
    assert.deepEqual(cryptoFor(V4).open(queryOf(V4), changed), refusal("bad_signature"));
  });

  it("refuses the signature of another message", () => {
    const query = queryOf(V4, { msg_signature: V5.signature });
    assert.deepEqual(cryptoFor(V4).open(query, V4.encrypt), refusal("bad_signature"));
  });

  it("refuses a signature that is not forty hexadecimal digits", () => {
    for (const msg_signature of [
      "x".repeat(40),
      V4.signature.slice(1),
      `${V4.signature}0`,
      "字".repeat(40),
    ]) {
      const opened = cryptoFor(V4).open(queryOf(V4, { msg_signature }), V4.encrypt);
      assert.deepEqual(opened, refusal("bad_signature"));
    }
  });

  it("refuses a message for another receiver", () => {
    const opened = cryptoFor(V4, { receiveId: "other" }).open(queryOf(V4), V4.encrypt);
    assert.deepEqual(opened, refusal("other_receiver"));
  });

  it("refuses a receiver that only begins like ours", () => {
    const { query, encrypt } = forged(plainOf("hi", 2, `${OWN.receiveId}x`));
    assert.deepEqual(cryptoFor(V4).open(query, encrypt), refusal("other_receiver"));
  });

  it("refuses a ciphertext whose + became a blank", () => {
    const opened = cryptoFor(V1).open(queryOf(V1), V1.encrypt.replaceAll("+", " "));
    assert.deepEqual(opened, refusal("bad_ciphertext"));
  });

  it("refuses ciphertexts that are not base64 of whole blocks", () => {
    for (const encrypt of [
      "AAAA",
      "not base64!",
      `${V4.encrypt}=`,
      V4.encrypt.replaceAll("=", ""),
      "=",
      "A",
    ]) {
      assert.deepEqual(cryptoFor(V4).open(queryOf(V4), encrypt), refusal("bad_ciphertext"));
    }
  });

  it("refuses base64 whose unused bits are set, since one ciphertext has one spelling", () => {
    const signed = forged(plainOf("hi", 2));
    assert.ok(signed.encrypt.endsWith("=="));
    const last = signed.encrypt.at(-3) ?? "";
    const other = String.fromCharCode(last.charCodeAt(0) + 1);
    const changed = `${signed.encrypt.slice(0, -3)}${other}==`;
    assert.deepEqual(cryptoFor(V4).open(signed.query, changed), refusal("bad_ciphertext"));
  });

  for (const name of ["msg_signature", "timestamp", "nonce"]) {
    it(`refuses a query without ${name}, with it empty, twice or endless`, () => {
      for (const value of [undefined, "", ["a", "b"], "1".repeat(513), 7]) {
        const opened = cryptoFor(V4).open(queryOf(V4, { [name]: value }), V4.encrypt);
        assert.deepEqual(opened, refusal("bad_query"));
      }
    });
  }

  it("refuses a timestamp that is not whole seconds", () => {
    for (const timestamp of ["-1", "1e9", "1.5", "0x10", " 1"]) {
      assert.deepEqual(cryptoFor(V4).open(queryOf(V4, { timestamp }), V4.encrypt), refusal("bad_query"));
    }
  });

  it("refuses a ciphertext that is not one text", () => {
    for (const encrypt of [undefined, ["a"], 1]) {
      assert.deepEqual(cryptoFor(V4).open(queryOf(V4), encrypt), refusal("bad_query"));
    }
  });

  it("refuses a padding of 0, above 32, or with unequal bytes", () => {
    for (const padded of [withPadding(0), withPadding(33), withPadding(3, 2, 3), withPadding(255)]) {
      const { query, encrypt } = forged(padded);
      assert.deepEqual(cryptoFor(V4).open(query, encrypt), refusal("bad_padding"));
    }
  });

  it("refuses a padding of more than one block, though all its bytes are equal", () => {
    const { query, encrypt } = forged(Buffer.concat([Buffer.alloc(15, "x"), Buffer.alloc(33, 33)]));
    assert.deepEqual(cryptoFor(V4).open(query, encrypt), refusal("bad_padding"));
  });

  it("refuses a padding longer than the message", () => {
    const { query, encrypt } = forged(Buffer.alloc(16, 32));
    assert.deepEqual(cryptoFor(V4).open(query, encrypt), refusal("bad_padding"));
  });

  it("refuses a length field beyond the end, where the vendor's package cuts silently", () => {
    for (const length of [100, 0xffff_ffff]) {
      const { query, encrypt } = forged(plainOf("hi", length));
      assert.deepEqual(cryptoFor(V4).open(query, encrypt), refusal("bad_length"));
    }
  });

  it("refuses a message too short for its length field", () => {
    const { query, encrypt } = forged(Buffer.concat([Buffer.alloc(10), Buffer.alloc(22, 22)]));
    assert.deepEqual(cryptoFor(V4).open(query, encrypt), refusal("bad_length"));
  });

  it("refuses what another key encrypted, whatever comes out of it", () => {
    const otherKey = `B${OWN.encodingAesKey.slice(1)}`;
    const reasons = ["bad_padding", "bad_length", "other_receiver"];
    const opened = cryptoFor(V3, { encodingAesKey: otherKey }).open(queryOf(V3), V3.encrypt);
    assert.ok(opened.outcome === "refused" && reasons.includes(opened.reason));
  });

  it("opens what it sealed, for any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 200 }),
        fc.stringMatching(/^[0-9a-z]{1,8}$/),
        (text, nonce) => {
          const crypto = cryptoFor(V4);
          const sealed = crypto.seal(text, { timestamp: V4.timestamp, nonce });
          const query = { msg_signature: sealed.signature, timestamp: sealed.timestamp, nonce: sealed.nonce };
          assert.deepEqual(crypto.open(query, sealed.encrypt), { outcome: "opened", message: text });
        },
      ),
    );
  });

  it("uses fresh random bytes for each message unless told otherwise", () => {
    const crypto = createCallbackCrypto({ ...OWN, windowMs: WINDOW_MS, clock: movableClock() });
    const at = { timestamp: "1760000001", nonce: "n" };
    assert.notEqual(crypto.seal("same", at).encrypt, crypto.seal("same", at).encrypt);
  });
});
