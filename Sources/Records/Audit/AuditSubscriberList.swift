import Bulletin
internal import Journal
package import Tokens

/// The result of an audit of the subscriber list.
package struct SubscriberListAudit: Sendable {
    /// The number of records.
    package internal(set) var people = 0
    package internal(set) var lines = 0
    package internal(set) var findings: [AuditFinding] = []
}

extension StateFolder {
    /// Reads every line of the subscriber list in full: each is a record, each id is derived from the record's own
    /// address or number, and everyone who moved is on the list under the new id. Holds 32 bytes a record. A missing
    /// list counts as empty.
    package func auditSubscriberList(_ tokenKeys: TokenKeys) throws -> SubscriberListAudit {
        var audit = SubscriberListAudit()
        var reader = SubscriberListReader(tokenKeys: tokenKeys)
        var journal = LineJournal(subscriberListPath, format: SubscriberLine.format, permissions: 0o600, disk: disk)
        try journal.catchUp(&reader)
        audit.people = reader.people.count
        audit.lines = journal.lineCount
        audit.findings = AuditFinding.damagedLines(
            journal.damage,
            remedy: .repair(
                .subscriberList,
                "leaves the line out; if it still shows whose record it was, that subscriber is paused until someone has checked with them"
            ))
        for (line, why) in reader.strange {
            audit.findings.append(
                AuditFinding(
                    subscriberListPath, "line \(line) \(why)",
                    remedy: .byHand("look at the line; forget the person and add them again")))
        }
        for (id, target) in reader.moves where reader.people[target] == nil && reader.people[id] == true {
            audit.findings.append(
                AuditFinding(
                    subscriberListPath, "\(id) moved to \(target), which is not on the subscriber list",
                    remedy: .byHand("ask the person for their address, and add it")))
        }
        if let size = try disk.status(at: subscriberListPath)?.size, size > journal.end {
            audit.findings.append(
                AuditFinding(
                    subscriberListPath,
                    "ends in the middle of a line that was never acknowledged: the next change cuts it off",
                    .note, remedy: .nothing))
        }
        return audit
    }
}

private struct SubscriberListReader: JournalReader {
    let tokenKeys: TokenKeys
    /// Every subscriber, and whether the latest line says that they moved.
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
        if person.status == .moved, person.movedTo == nil { return "says that \(person.id) moved, but not where to" }
        // A random id cannot be checked, and a forgotten or reduced record has nothing left to check it by.
        guard person.medium != .post, person.address != nil || person.phone != nil else { return nil }
        let names = [person.address.map { tokenKeys.id(for: $0) }, person.phone.map { tokenKeys.id(for: $0) }]
        return names.contains(person.id) || person.post != nil
            ? nil : "has the id \(person.id), which this secret does not give for its address or number"
    }
}
