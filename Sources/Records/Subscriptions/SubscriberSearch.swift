import Bulletin
import Foundation
import Journal

// Questions to the index together with the journal that it points into.

extension SubscriberIndex {
    func find(_ id: SubscriberID, in journal: LineJournal) throws -> (subscriber: Subscriber, offset: Int)? {
        for entry in candidates(id.high) {
            let subscriber = try journal.record(at: entry.offset)
            if subscriber.id == id { return (subscriber, entry.offset) }
        }
        return nil
    }

    /// The next records in order of id, about `most` of them.
    func step(after id: SubscriberID?, most: Int, in journal: LineJournal) throws -> [Subscriber] {
        var from = id?.high ?? 0
        while true {
            let entries = entries(from: from, most: most)
            guard let last = entries.last else { return [] }
            let records = try entries.map { try journal.record(at: $0.offset) }.sorted { $0.id < $1.id }
            let step = id.map { id in records.filter { $0.id > id } } ?? records
            if !step.isEmpty || last.fingerprint == .max { return step }
            from = last.fingerprint + 1
        }
    }

    /// Those who are owed a letter, in the order in which they asked.
    func owing(in journal: LineJournal) throws -> [Subscriber] {
        try owing.sorted().map { try journal.record(at: $0) }
    }

    /// The fingerprints of those who stand so.
    func fingerprints(_ statuses: [SubscriberStatus]) -> [UInt64] {
        let codes = Set(statuses.map(Self.code))
        var found: [UInt64] = []
        each { if codes.contains($0.statusCode) { found.append($0.fingerprint) } }
        return found
    }

    func audience(at time: Date, _ journal: LineJournal) throws -> Audience {
        let stamp = Stamp(time)
        var fingerprints: [UInt64] = []
        if latest <= stamp {
            // Nobody's status has changed since: it is as the index has it.
            let active = Self.code(.active)
            fingerprints.reserveCapacity(counts[.active])
            each { if $0.statusCode == active, $0.isEmail { fingerprints.append($0.fingerprint) } }
        } else {
            try journal.eachLine { line, offset in
                guard let head = SubscriberLineHead(line), head.isEmail, head.wasActive(at: stamp),
                    isLatest(head.fingerprint, at: offset)
                else { return }
                fingerprints.append(head.fingerprint)
            }
            fingerprints.sort()
        }
        return Audience(
            time: time, fingerprints: fingerprints, rest: try rest(of: fingerprints, at: time, journal))
    }

    func movements(in span: ClosedRange<Date>, _ journal: LineJournal) throws -> SubscriberMovements {
        let stamps = Stamp(span.lowerBound)...Stamp(span.upperBound)
        var movements = SubscriberMovements()
        try journal.eachLine { line, offset in
            guard let head = SubscriberLineHead(line),
                stamps.contains(head.statusSince) || head.activeSince.map(stamps.contains) ?? false,
                isLatest(head.fingerprint, at: offset), let person = SubscriberLine.read(line)
            else { return }
            movements.count(person, in: span)
        }
        return movements
    }

    private func each(_ body: (Entry) -> Void) {
        var newcomers = recent[...]
        for entry in settled {
            while let next = newcomers.first, next.fingerprint < entry.fingerprint {
                body(next)
                newcomers.removeFirst()
            }
            body(entry)
        }
        newcomers.forEach(body)
    }

    /// The second halves of the ids of those members whose fingerprint somebody else on the list has, too.
    private func rest(
        of fingerprints: [UInt64], at time: Date, _ journal: LineJournal
    ) throws -> [Int: UInt64] {
        var rest: [Int: UInt64] = [:]
        for fingerprint in sharedFingerprints() {
            guard let first = fingerprints.firstIndex(of: fingerprint) else { continue }
            let members = try candidates(fingerprint).map { try journal.record(at: $0.offset) }
                .filter { $0.medium == .email && $0.wasActive(at: time) }
            for (index, low) in members.map(\.id.low).sorted().enumerated() { rest[first + index] = low }
        }
        return rest
    }

    private func sharedFingerprints() -> Set<UInt64> {
        var shared: Set<UInt64> = []
        var last: UInt64?
        each { entry in
            if entry.fingerprint == last { shared.insert(entry.fingerprint) }
            last = entry.fingerprint
        }
        return shared
    }
}

extension SubscriberLineHead {
    /// As ``Bulletin/Subscriber/wasActive(at:)``.
    fileprivate func wasActive(at time: Stamp) -> Bool {
        guard let activeSince, activeSince <= time else { return false }
        return status == .active || statusSince > time
    }
}
