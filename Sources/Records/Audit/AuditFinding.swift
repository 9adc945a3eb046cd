internal import Journal

/// Something in the state folder that is not as it should be, or as nobody would expect it.
package struct AuditFinding: Hashable, Sendable {
    package enum Weight: String, Sendable {
        /// Not as its format or a promise has it.
        case wrong
        /// Harmless, and worth knowing.
        case note
    }

    /// How it is put right.
    package enum Mend: Hashable, Sendable {
        /// What ``StateFolder/repair(_:at:)`` does, in a sentence.
        case repair(Repair, String)
        /// What a person has to do, in a sentence.
        case byHand(String)
        case nothing
    }

    /// The things that can be put right without a person's knowledge.
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
    /// What is wrong, going on from the path: `line 7 is damaged`.
    package let what: String
    package let weight: Weight
    package let mend: Mend

    package init(_ path: String, _ what: String, _ weight: Weight = .wrong, mend: Mend) {
        (self.path, self.what, self.weight, self.mend) = (path, what, weight, mend)
    }
}

extension AuditFinding {
    static let fromBackup = Mend.byHand("restore it from a backup")
    static let byNewer = Mend.byHand("use the newer program that wrote it")

    /// Of each line that cannot be read.
    static func damagedLines(_ damage: [JournalDamage], mend: Mend) -> [AuditFinding] {
        damage.map {
            AuditFinding(
                $0.path, "line \($0.line) (bytes \($0.offset) to \($0.offset + $0.length)) cannot be read", mend: mend)
        }
    }
}

extension DocumentFault {
    /// As it stands on its path.
    func finding(_ mend: AuditFinding.Mend) -> AuditFinding {
        AuditFinding(path, why, mend: isNewer ? AuditFinding.byNewer : mend)
    }
}
