import Cryptography
package import Foundation

/// Signs messages (DKIM, RFC 6376), once with each of its keys, relaxed/relaxed and the whole body: no `l=`. Any number
/// of threads may use it at once.
package struct DKIMSigner: Sendable {
    /// A signing domain and its key.
    package struct Identity: Sendable {
        /// The tag `d=`, an A-label.
        package let domain: String
        /// The tag `s=`.
        package let selector: String
        package let key: SigningKey

        package init(domain: String, selector: String, key: SigningKey) {
            (self.domain, self.selector, self.key) = (domain, selector, key)
        }
    }

    /// How long a signature is valid: longer than any relay keeps a message.
    package static let life: TimeInterval = 14 * 86_400

    package let identities: [Identity]

    package init(_ identities: [Identity]) { self.identities = identities }

    /// A message with its signatures on top. `message` has CRLF line ends, and must not change afterwards.
    package func signed(_ message: [UInt8], at time: Date) throws(SigningKeyFault) -> [UInt8] {
        let (header, body) = SignableMessage.split(message)
        let form = SignatureForm(of: TemplateBytes(header), self)
        let digest = BodyHash(TemplateBytes(body)).digest { _ in [] }
        return try form.signatures(of: { _ in [] }, bodyHash: digest, at: time) + message
    }
}

/// Splits a message into the two things that DKIM hashes (RFC 6376 section 3.7): its header and its body.
enum SignableMessage {
    /// The header with the CRLF of its last field; the empty line belongs to neither.
    static func split(_ message: [UInt8]) -> (header: [UInt8], body: [UInt8]) {
        let end = headerEnd(message)
        return (Array(message[..<end]), Array(message[min(end + 2, message.count)...]))
    }

    /// The offset of the empty line that ends the header.
    static func headerEnd(_ message: [UInt8]) -> Int {
        var at = 0
        while at + 3 < message.count {
            if message[at] == 0x0D, message[at + 1] == 0x0A, message[at + 2] == 0x0D, message[at + 3] == 0x0A {
                return at + 2
            }
            at += 1
        }
        return message.count
    }
}

/// The common part of the signatures of all messages with the same header fields, apart from the values.
struct SignatureForm: Sendable {
    private let header: HeaderHash
    private let identities: [Opening]

    /// The beginning of a key's signatures, as written and as hashed.
    private struct Opening: Sendable {
        let key: SigningKey
        let bytes: [UInt8]
        let canonical: RelaxedForm.Field
    }

    /// `header` may have placeholders.
    init(of header: TemplateBytes, _ signer: DKIMSigner) {
        let signed = header.bytes.withUnsafeBytes { SignedFields(of: HeaderFieldRanges($0)) }
        self.header = HeaderHash(header, places: signed.places)
        identities = signer.identities.map { identity in
            var field = FoldedTags()
            field.write("v=1")
            field.write("a=\(identity.key.algorithm.tag)")
            field.write("c=relaxed/relaxed")
            field.write("d=\(identity.domain)")
            field.write("s=\(identity.selector)")
            field.write(list: "h", signed.names)
            var canonical = RelaxedForm.Field()
            field.bytes.withUnsafeBytes { canonical.write($0) }
            return Opening(key: identity.key, bytes: field.bytes, canonical: canonical)
        }
    }

    /// A DKIM-Signature field for each key, with its CRLF. `text` fills the header's placeholders.
    func signatures(
        of text: (Placeholder) -> [UInt8], bodyHash: [UInt8], at time: Date
    ) throws(SigningKeyFault) -> [UInt8] {
        let covered = header.covered(text)
        let seconds = Int(time.timeIntervalSince1970)
        let encodedHash = Data(bodyHash).base64EncodedString()
        var fields: [UInt8] = []
        for opening in identities {
            var field = FoldedTags(goingOnFrom: opening.bytes)
            field.write("t=\(seconds)")
            field.write("x=\(seconds + Int(DKIMSigner.life))")
            field.write("bh=\(encodedHash)")
            field.beginSignature()
            var canonical = opening.canonical
            field.bytes[opening.bytes.count...].withUnsafeBytes { canonical.write($0) }
            let digest = Self.digest(after: covered, of: canonical)
            field.write(signature: try opening.key.signature(of: digest))
            fields += field.bytes
            fields += [0x0D, 0x0A]
        }
        return fields
    }

    /// The digest that is signed: of the covered fields, and of the signature's own field without its value and its
    /// line end (RFC 6376 section 3.7).
    static func digest(after covered: SHA256, of field: RelaxedForm.Field) -> [UInt8] {
        var hash = covered
        field.bytes.withUnsafeBytes { hash.update($0) }
        return hash.digest().bytes
    }
}

/// A DKIM-Signature field being written, folded so that no line exceeds RFC 5322 section 2.1.1.
private struct FoldedTags {
    private(set) var bytes: [UInt8]
    private var column: Int
    private static let opening = "DKIM-Signature:"

    init() {
        bytes = Array(Self.opening.utf8)
        column = bytes.count
    }

    init(goingOnFrom opening: [UInt8]) {
        bytes = opening
        bytes.reserveCapacity(opening.count + 700)
        column = HeaderText.longestLine
    }

    /// A tag on one line.
    mutating func write(_ tag: String) { word(tag + ";") }

    /// A tag whose value is a list, which may fold at each colon (RFC 6376 section 3.5).
    mutating func write(list tag: String, _ names: [String]) {
        for (index, name) in names.enumerated() {
            let end = index == names.count - 1 ? ";" : ":"
            if index == 0 { word("\(tag)=\(name)\(end)") } else { word(name + end, apart: false) }
        }
    }

    mutating func beginSignature() {
        fold()
        bytes += "b=".utf8
        column += 2
    }

    mutating func write(signature: [UInt8]) {
        var rest = Data(signature).base64EncodedData()[...]
        while !rest.isEmpty {
            if column >= HeaderText.longestLine { fold() }
            let line = rest.prefix(HeaderText.longestLine - column)
            bytes += line
            column += line.count
            rest = rest.dropFirst(line.count)
        }
    }

    private mutating func word(_ text: String, apart: Bool = true) {
        if column + text.utf8.count + 1 > HeaderText.longestLine {
            fold()
        } else if apart {
            bytes.append(0x20)
            column += 1
        }
        bytes += text.utf8
        column += text.utf8.count
    }

    private mutating func fold() {
        HeaderText.fold(&bytes)
        column = 1
    }
}
