"""A passkey of a pretend device, made of fido2's own structures: what a browser would send as JSON."""

import json
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """`counts`: 0 at each use, as passkeys that are synced."""

    origin: str
    host: str
    counts: bool = True
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    credential_id: bytes = b"a-credential-of-a-device"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user: str = ""

    def makes(self, options: dict) -> str:
        asked = options["publicKey"]
        self.user = asked["user"]["id"]
        data = AttestedCredentialData.create(
            Aaguid(bytes(16)), self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        known = AuthenticatorData.create(self.hash, self.flags | WITH_KEY, self.counter, data)
        made = AttestationObject.create("none", known, {})
        return self.written({"attestationObject": websafe_encode(bytes(made))}, "webauthn.create", asked["challenge"])

    def signs(self, options: dict, **changed: str) -> str:
        self.counter += self.counts
        known = AuthenticatorData.create(self.hash, self.flags, self.counter)
        client = self.client_data("webauthn.get", options["publicKey"]["challenge"])
        signed = self.key.sign(bytes(known) + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"authenticatorData": websafe_encode(bytes(known)), "signature": websafe_encode(signed)}
        response |= {"userHandle": self.user} | changed
        return self.written(response, "webauthn.get", options["publicKey"]["challenge"])

    @property
    def hash(self) -> bytes:
        return sha256(self.host.encode()).digest()

    def client_data(self, type: str, challenge: str) -> bytes:
        return bytes(CollectedClientData.create(type, websafe_decode(challenge), self.origin))

    def written(self, response: dict, type: str, challenge: str) -> str:
        response["clientDataJSON"] = websafe_encode(self.client_data(type, challenge))
        id = websafe_encode(self.credential_id)
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})
