import Bulletin
package import Mail
package import Settings

extension Configuration {
    /// The signer of our mail, with the keys that `dkim:` names, which are read now; nil where it names none. Throws where a
    /// key cannot be read or used, with its file and the remedy.
    package func signer() throws(ConfigurationFault) -> DKIMSigner? {
        guard !dkim.isEmpty else { return nil }
        var identities: [DKIMSigner.Identity] = []
        for section in dkim { identities.append(try identity(section)) }
        return DKIMSigner(identities)
    }

    /// One of the keys.
    package func identity(_ section: DKIMSection) throws(ConfigurationFault) -> DKIMSigner.Identity {
        let key = "dkim.keyFile"
        let bytes = try privateKey(section.keyFile, for: key)
        do throws(SigningKeyFault) {
            return DKIMSigner.Identity(
                domain: section.domain, selector: section.selector, key: try SigningKey(pem: bytes))
        } catch {
            throw ConfigurationFault([
                .init(place: .file(keyPath(section)), message: "\(error.matter), and \(key) names it: \(error.remedy)")
            ])
        }
    }

    /// Faults of the signatures that do no harm by themselves, a sentence each.
    package func signingWarnings(_ signer: DKIMSigner?) -> [String] {
        guard let signer else { return [] }
        var warnings: [String] = []
        if signer.identities.allSatisfy({ $0.key.algorithm == .ed25519 }) {
            warnings.append(
                "dkim: an Ed25519 key is the only one, and many receivers do not know it: add an RSA key beside it")
        }
        let from = bulletin.from.address.domain
        for domain in Set(signer.identities.map(\.domain)).sorted()
        where !Self.isWithin(from, domain) && !Self.isWithin(domain, from) {
            warnings.append(
                "dkim.domain: \(domain) does not speak for \(from), where bulletin.from is (DMARC): sign as \(from)")
        }
        return warnings
    }

    private static func isWithin(_ domain: String, _ other: String) -> Bool {
        domain == other || domain.hasSuffix(".\(other)")
    }
}
