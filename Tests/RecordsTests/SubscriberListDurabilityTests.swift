import Bulletin
import Foundation
import Journal
import TestSupport
import Testing

@testable import Records

@Suite("The subscriber list keeps acknowledged changes")
struct SubscriberListDurabilityTests {
    private func everybody(_ subscriberList: FileSubscriberList) throws -> [SubscriberID: Subscriber] {
        var people: [SubscriberID: Subscriber] = [:]
        try subscriberList.walk(after: nil) { person in
            people[person.id] = person
            return true
        }
        return people
    }

    /// Changes, batches and a compaction; the acknowledged changes, and the ones in progress at a fault.
    private func work(
        _ subscriberList: FileSubscriberList, from first: Int, _ acknowledged: inout [SubscriberID: Subscriber]
    ) -> Set<SubscriberID> {
        var doubtful: Set<SubscriberID> = []
        for step in first..<first + 5 {
            let now = RollPeople.start + Double(step)
            let ids = step % 2 == 0 ? [RollPeople.id(step)] : (0..<3).map { RollPeople.id(step % 3 + $0) }
            var changed: [SubscriberID: Subscriber] = [:]
            do {
                try subscriberList.changeMany(ids) { id, current in
                    guard var person = current else {
                        changed[id] = RollPeople.active(id, name: "New", since: now)
                        return changed[id]
                    }
                    person.name = "Step \(step)"
                    changed[id] = person
                    return person
                }
                acknowledged.merge(changed) { $1 }
                if step == first + 2 { try subscriberList.compact() }
            } catch {
                doubtful.formUnion(changed.keys)
            }
        }
        return doubtful
    }

    @Test("whichever disk operation fails", arguments: RiggedDisk.Refusal.allCases)
    func diskFailure(refusal: RiggedDisk.Refusal) throws {
        var verb = 0
        var refused = true
        while refused {
            verb += 1
            refused = try withScratchFolder { folder in
                let path = folder + "/roll.jsonl"
                let rigged = RiggedDisk()
                let subscriberList = FileSubscriberList(path, disk: rigged)
                var acknowledged: [SubscriberID: Subscriber] = [:]
                rigged.refuse(at: verb, refusal)
                let doubtful = work(subscriberList, from: 0, &acknowledged)
                let refused = rigged.relent()
                #expect(
                    work(subscriberList, from: 5, &acknowledged).isEmpty, "verb \(verb): it goes on when the disk does")
                let sure = acknowledged.filter { !doubtful.contains($0.key) }
                for subscriberList in [subscriberList, FileSubscriberList(path, disk: SystemDisk())] {
                    let found = try everybody(subscriberList)
                    let isKept = sure.allSatisfy { found[$0.key] == $0.value }
                    #expect(isKept, "verb \(verb)")
                    #expect(try subscriberList.damage.isEmpty)
                    #expect(try subscriberList.counts().total == found.count)
                }
                return refused
            }
        }
        #expect(verb > 50)
    }

    @Test("when the power is cut", arguments: 1...20)
    func powerCut(seed: UInt64) throws {
        var generator = RepeatableGenerator(seed: seed)
        let disk = MemoryDisk()
        try disk.makeFolder("/subscriptions", permissions: 0o700)
        var acknowledged: [SubscriberID: Subscriber] = [:]
        for round in 0..<6 {
            let subscriberList = FileSubscriberList("/subscriptions/roll.jsonl", disk: disk)
            #expect(work(subscriberList, from: round * 5, &acknowledged).isEmpty)
            disk.cutPower(&generator)
            #expect(try everybody(FileSubscriberList("/subscriptions/roll.jsonl", disk: disk)) == acknowledged)
        }
    }

    @Test("even the line of another process killed before syncing, once a change builds on it")
    func othersLine() throws {
        var generator = RepeatableGenerator(seed: 1)
        for _ in 0..<20 {
            let disk = MemoryDisk()
            try disk.makeFolder("/subscriptions", permissions: 0o700)
            let subscriberList = FileSubscriberList("/subscriptions/roll.jsonl", disk: disk)
            let person = RollPeople.active(1)
            try subscriberList.change(RollPeople.id(2)) { _ in RollPeople.active(2) }
            var killed = LineJournal(
                "/subscriptions/roll.jsonl", format: SubscriberLine.format, permissions: 0o600, disk: disk)
            var index = SubscriberIndex()
            var line = JSONLine()
            SubscriberLine.write(person, to: &line)
            try killed.exclusively(&index) { journal, _ in try journal.append(line.bytes, sync: false) }
            // They ask for the current values: nothing is written, and the change counts as done.
            try subscriberList.change(person.id) { _ in person }
            disk.cutPower(&generator)
            #expect(try FileSubscriberList("/subscriptions/roll.jsonl", disk: disk).subscriber(person.id) == person)
        }
    }

    @Test("of four writers at once")
    func fourWriters() async throws {
        try await withScratchFolder { folder in
            let path = folder + "/roll.jsonl"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        let subscriberList = FileSubscriberList(path, disk: SystemDisk())
                        for number in 0..<100 {
                            let person = RollPeople.active(writer * 100 + number)
                            try subscriberList.change(person.id) { _ in person }
                            if number % 40 == 39 { try subscriberList.compact() }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try FileSubscriberList(path, disk: SystemDisk()).counts()[.active] == 400)
        }
    }
}
