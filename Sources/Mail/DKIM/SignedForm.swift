import Foundation

/// A message with placeholders that will be signed, with everything common to all readers worked out once.
struct SignedForm: Sendable {
    private let header: TemplateBytes
    /// From the empty line on.
    private let rest: TemplateBytes
    private let bodyHash: BodyHash
    private let signatures: SignatureForm

    init(_ whole: TemplateBytes, _ signer: DKIMSigner) {
        (header, rest) = whole.parted(at: SignableMessage.headerEnd(whole.bytes))
        bodyHash = BodyHash(rest.dropping(2))
        signatures = SignatureForm(of: header, signer)
    }

    /// The message with every placeholder filled, and its signatures on top.
    func message(_ text: (Placeholder) -> [UInt8], at time: Date) throws(SigningKeyFault) -> [UInt8] {
        let top = try signatures.signatures(of: text, bodyHash: bodyHash.digest(text), at: time)
        return rest.filled(after: header.filled(after: top, text), text)
    }
}
