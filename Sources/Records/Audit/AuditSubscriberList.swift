import Bulletin
internal import Journal
package import Tokens

/// What an audit of the roll came to.
package struct SubscriberListAudit: Sendable {
    /// Everybody on it.
    package internal(set) var people = 0
    package internal(set) var lines = 0
    package internal(set) var findings: [AuditFinding] = []
}

extension StateFolder {
    /// Reads every line of the roll in full: each is a record, each id is that of the record's own address or number, and
    /// whoever moved is on the roll at the new place. Holds 32 bytes a person. An absent roll is an empty one.
    package func auditRoll(_ tokenKeys: TokenKeys) throws -> SubscriberListAudit {
        var audit = SubscriberListAudit()
        var reader = SubscriberListReader(tokenKeys: tokenKeys)
        var journal = LineJournal(rollPath, format: SubscriberLine.format, permissions: 0o600, disk: disk)
        try journal.catchUp(&reader)
        audit.people = reader.people.count
        audit.lines = journal.lineCount
        audit.findings = AuditFinding.damagedLines(
            journal.damage,
            mend: .repair(
                .subscriberList,
                "leaves the line out, and pauses whoever it was about, if that can still be read, until somebody asks them"
            ))
        for (line, why) in reader.strange {
            audit.findings.append(
                AuditFinding(
                    rollPath, "line \(line) \(why)",
                    mend: .byHand("look at the line; forget the person and add them anew")))
        }
        for (id, target) in reader.moves where reader.people[target] == nil && reader.people[id] == true {
            audit.findings.append(
                AuditFinding(
                    rollPath, "\(id) moved to \(target), who is not on the roll",
                    mend: .byHand("ask the person for their address, and add it")))
        }
        if let size = try disk.status(at: rollPath)?.size, size > journal.end {
            audit.findings.append(
                AuditFinding(
                    rollPath,
                    "ends in the middle of a line, which nobody was told is saved: the next change cuts it off",
                    .note, mend: .nothing))
        }
        return audit
    }
}

private struct SubscriberListReader: JournalReader {
    let tokenKeys: TokenKeys
    /// Everybody, and whether their last line says that they moved.
    private(set) var people: [SubscriberID: Bool] = [:]
    private(set) var moves: [SubscriberID: SubscriberID] = [:]
    private(set) var strange: [(line: Int, why: String)] = []
    private var line = 1

    init(tokenKeys: TokenKeys) { self.tokenKeys = tokenKeys }

    mutating func startAgain(size: Int) {
        (people, moves, strange, line) = ([:], [:], [], 1)
        people.reserveCapacity(size / 300)
    }

    mutating func take(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        line += 1
        guard let person = SubscriberLine.read(bytes) else { return false }
        people[person.id] = person.status == .moved
        if let target = person.movedTo { moves[person.id] = target }
        if let why = strangeness(of: person) { strange.append((line, why)) }
        return true
    }

    private func strangeness(of person: Subscriber) -> String? {
        if person.status == .moved, person.movedTo == nil { return "says that \(person.id) moved, and not where to" }
        // An id of a random value cannot be checked, and nothing is left of who was forgotten or reduced.
        guard person.medium != .post, person.address != nil || person.phone != nil else { return nil }
        let names = [person.address.map { tokenKeys.id(for: $0) }, person.phone.map { tokenKeys.id(for: $0) }]
        return names.contains(person.id) || person.post != nil
            ? nil : "has the id \(person.id), which is not that of its address or number under this secret"
    }
}
