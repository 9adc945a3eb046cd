internal import Journal

/// Something wrong or unexpected in the state folder.
package struct AuditFinding: Hashable, Sendable {
    package enum Weight: String, Sendable {
        /// It breaks its format or a promise.
        case wrong
        /// Harmless, but worth knowing.
        case note
    }

    /// How it is repaired.
    package enum Remedy: Hashable, Sendable {
        /// The repair that ``StateFolder/repair(_:at:)`` makes, in a sentence.
        case repair(Repair, String)
        /// An instruction for a person, in a sentence.
        case byHand(String)
        case nothing
    }

    /// The repairs that need no person's decision.
    package enum Repair: Hashable, Sendable {
        case subscriberList
        case ledger(name: String)
        case totals(name: String)
        case journal(path: String, format: String, version: Int)
        case status(issue: Int)
        case setAside(path: String)
        case leftover(path: String)
    }

    package let path: String
    /// The fault, continuing the path: `line 7 is damaged`.
    package let what: String
    package let weight: Weight
    package let remedy: Remedy

    package init(_ path: String, _ what: String, _ weight: Weight = .wrong, remedy: Remedy) {
        (self.path, self.what, self.weight, self.remedy) = (path, what, weight, remedy)
    }
}

extension AuditFinding {
    static let fromBackup = Remedy.byHand("restore it from a backup")
    static let byNewer = Remedy.byHand("use the newer program that wrote it")

    /// One finding for each line that cannot be read.
    static func damagedLines(_ damage: [JournalDamage], remedy: Remedy) -> [AuditFinding] {
        damage.map {
            AuditFinding(
                $0.path, "line \($0.line) (bytes \($0.offset) to \($0.offset + $0.length)) cannot be read",
                remedy: remedy)
        }
    }
}

extension DocumentFault {
    /// The fault as a finding on its path.
    func finding(_ remedy: AuditFinding.Remedy) -> AuditFinding {
        AuditFinding(path, why, remedy: isNewer ? AuditFinding.byNewer : remedy)
    }
}
