import Foundation

/// The TXT record that publishes a key (RFC 6376 section 3.6.1, RFC 8463 section 4).
package struct DKIMRecord: Hashable, Sendable {
    /// `fortnight._domainkey.example.org`
    package let name: String
    /// In one piece, as most web forms expect it.
    package let value: String

    package init(_ identity: DKIMSigner.Identity) throws(SigningKeyFault) {
        name = "\(identity.selector)._domainkey.\(identity.domain)"
        let key = Data(try identity.key.publicBytes()).base64EncodedString()
        value = "v=DKIM1; k=\(identity.key.algorithm.rawValue); p=\(key)"
    }

    /// RFC 1035 section 3.3.14.
    private static let longestString = 255

    /// The value as a zone file's strings of at most 255 bytes each; they are read as one.
    package var strings: [String] {
        var rest = value[...]
        var strings: [String] = []
        while !rest.isEmpty {
            strings.append(String(rest.prefix(Self.longestString)))
            rest = rest.dropFirst(Self.longestString)
        }
        return strings
    }

    /// The lines of a zone file.
    package var zoneLines: String {
        let quoted = strings.map { "\"\($0)\"" }
        guard quoted.count > 1 else { return "\(name). IN TXT \(quoted.joined())" }
        return "\(name). IN TXT (\n" + quoted.map { "    \($0)\n" }.joined() + ")"
    }
}
