import Bulletin
import Foundation
import Journal
import TestSupport
import Testing

@testable import Records

@Suite("The subscriber list")
struct SubscriberListTests {
    private func content(_ path: String) throws -> [UInt8] { try SystemDisk().content(of: path) ?? [] }

    @Test("writes no line where nothing changes, and gives back the record as it stands")
    func noChange() throws {
        try withScratchFolder { folder in
            let subscriberList = FileSubscriberList(folder + "/roll.jsonl", disk: SystemDisk())
            let person = RollPeople.full
            #expect(try subscriberList.change(person.id) { _ in nil } == nil)
            #expect(try subscriberList.change(person.id) { _ in person } == person)
            let before = try content(folder + "/roll.jsonl")
            #expect(try subscriberList.change(person.id) { $0 } == person)
            #expect(try subscriberList.change(person.id) { _ in nil } == person)
            #expect(try subscriberList.changeMany([person.id, person.id]) { _, current in current } == 0)
            #expect(try content(folder + "/roll.jsonl") == before)
            #expect(try SystemDisk().status(at: folder + "/roll.jsonl")?.permissions == 0o600)
        }
    }

    @Test("writes nothing of a batch whose body throws")
    func thrownBatch() throws {
        try withScratchFolder { folder in
            let subscriberList = FileSubscriberList(folder + "/roll.jsonl", disk: SystemDisk())
            let refused = RollPeople.id(3)
            let refusing = { (id: SubscriberID, _: Subscriber?) throws -> Subscriber? in
                if id == refused { throw CancellationError() }
                return RollPeople.active(id, name: "Ada")
            }
            #expect(throws: CancellationError.self) {
                try subscriberList.changeMany((0..<5).map { RollPeople.id($0) }, refusing)
            }
            let total = try subscriberList.counts().total
            #expect(total == 0)
        }
    }

    @Test("runs a transaction on any records, writes each once, and follows changes of address without end")
    func transaction() throws {
        try withScratchFolder { folder in
            let subscriberList = FileSubscriberList(folder + "/roll.jsonl", disk: SystemDisk())
            var (one, two) = (RollPeople.active(1), RollPeople.active(2))
            one.become(.moved, at: RollPeople.start, reason: "change of address")
            two.become(.moved, at: RollPeople.start, reason: "change of address")
            (one.movedTo, two.movedTo) = (two.id, one.id)
            try subscriberList.transaction { (records: inout SubscriberTransaction) throws in
                #expect(try records.subscriber(one.id) == nil)
                for record in [RollPeople.active(1), one, two] { #expect(try records.put(record)) }
                #expect(try !records.put(two))
                #expect(try records.subscriber(one.id) == one && records.changed.count == 2)
            }
            let lines = try content(folder + "/roll.jsonl").count { $0 == UInt8(ascii: "\n") }
            #expect(lines == 3, "the header and a line each")
            let trail = try subscriberList.transaction { try $0.trail(of: one.id).map(\.id) }
            #expect(trail.prefix(3) == [one.id, two.id, one.id] && trail.count == 16)
            #expect(throws: CancellationError.self) {
                try subscriberList.transaction { records in
                    try records.put(RollPeople.active(3))
                    throw CancellationError()
                }
            }
            #expect(try subscriberList.counts().total == 2)
        }
    }

    @Test("gives a batch that names a subscriber twice the record as changed by the batch")
    func twiceInABatch() throws {
        try withScratchFolder { folder in
            let subscriberList = FileSubscriberList(folder + "/roll.jsonl", disk: SystemDisk())
            let person = RollPeople.active(1)
            try subscriberList.changeMany([person.id, person.id, person.id]) { _, current in
                guard var current else { return person }
                current.name = (current.name ?? "") + "!"
                return current
            }
            for subscriberList in [subscriberList, FileSubscriberList(folder + "/roll.jsonl", disk: SystemDisk())] {
                #expect(try subscriberList.subscriber(person.id)?.name == "Person 1!!")
                #expect(try subscriberList.counts()[.active] == 1)
            }
        }
    }

    @Test("lets a walk be left and taken up again, and changed on the way")
    func walking() throws {
        try withScratchFolder { folder in
            let subscriberList = FileSubscriberList(folder + "/roll.jsonl", disk: SystemDisk())
            let people = (0..<600).map { RollPeople.active($0) }
            try subscriberList.changeMany(people.map(\.id)) { id, _ in people.first { $0.id == id } }
            var ids: [SubscriberID] = []
            while ids.count < 600 {
                var steps = 0
                try subscriberList.walk(after: ids.last) { person in
                    ids.append(person.id)
                    try subscriberList.change(person.id) { _ in
                        Subscriber(id: person.id, status: .forgotten, since: RollPeople.start)
                    }
                    steps += 1
                    return steps < 70
                }
            }
            #expect(ids == people.map(\.id).sorted())
            #expect(try subscriberList.counts()[.forgotten] == 600)
        }
    }

    @Test("asks for compaction when more than half of thousands of lines are dead, and then holds no trace of the dead")
    func compaction() throws {
        try withScratchFolder { folder in
            let subscriberList = FileSubscriberList(folder + "/roll.jsonl", disk: SystemDisk())
            let other = FileSubscriberList(folder + "/roll.jsonl", disk: SystemDisk())
            let ids = (0..<2600).map { RollPeople.id($0) }
            try subscriberList.changeMany(ids) { id, _ in RollPeople.active(id, name: "Unforgettable") }
            #expect(try other.counts()[.active] == 2600)
            try subscriberList.changeMany(ids) { id, _ in RollPeople.active(id, name: "Renamed") }
            #expect(try !subscriberList.needsCompaction)
            try subscriberList.changeMany(ids) { id, _ in
                Subscriber(id: id, status: .forgotten, since: RollPeople.start)
            }
            #expect(try subscriberList.needsCompaction)
            try subscriberList.compact()
            #expect(try !subscriberList.needsCompaction)
            let text = String(decoding: try content(folder + "/roll.jsonl"), as: UTF8.self)
            #expect(!text.contains("Unforgettable"))
            #expect(text.count { $0 == "\n" } == 2601)
            #expect(try other.counts()[.forgotten] == 2600)
            #expect(try other.subscriber(ids[7])?.status == .forgotten)
        }
    }

    @Test("reports damaged lines, and continues with the rest")
    func damage() throws {
        try withScratchFolder { folder in
            let path = folder + "/roll.jsonl"
            let subscriberList = FileSubscriberList(path, disk: SystemDisk())
            for number in 0..<3 { try subscriberList.change(RollPeople.id(number)) { _ in RollPeople.active(number) } }
            var bytes = try content(path)
            let second = bytes.split(separator: 10)[2].startIndex
            bytes.replaceSubrange(second..<second + 60, with: Array(repeating: 0, count: 60))
            let file = try SystemDisk().open(path, .writing, permissions: 0)
            try SystemDisk().write(file, bytes, at: 0)
            let reopened = FileSubscriberList(path, disk: SystemDisk())
            #expect(try reopened.counts()[.active] == 2)
            #expect(try reopened.damage.map(\.line) == [3])
            try reopened.change(RollPeople.id(1)) { current in
                #expect(current == nil)
                return RollPeople.active(1)
            }
            #expect(try SystemDisk().status(at: path + ".damaged") != nil)
            try reopened.compact()
            #expect(try reopened.damage.isEmpty)
            #expect(try reopened.counts()[.active] == 3)
        }
    }

    @Test("names a damaged record with a sound beginning, and answers for all others")
    func damagedRest() throws {
        try withScratchFolder { folder in
            let path = folder + "/roll.jsonl"
            let subscriberList = FileSubscriberList(path, disk: SystemDisk())
            for number in 0..<2 { try subscriberList.change(RollPeople.id(number)) { _ in RollPeople.active(number) } }
            let offset = try content(path).split(separator: 10)[2].startIndex
            let file = try SystemDisk().open(path, .writing, permissions: 0)
            try SystemDisk().write(file, Array("#####".utf8), at: offset + 200)
            let reopened = FileSubscriberList(path, disk: SystemDisk())
            #expect(throws: SubscriberListFault.damagedRecord(path: path, offset: offset)) {
                try reopened.subscriber(RollPeople.id(1))
            }
            #expect(try reopened.subscriber(RollPeople.id(0)) == RollPeople.active(0))
        }
    }

    @Test("has an audience of everyone active at its time, whatever they did later")
    func audience() throws {
        try withScratchFolder { folder in
            let subscriberList = FileSubscriberList(folder + "/roll.jsonl", disk: SystemDisk())
            let time = RollPeople.start + 100
            func put(_ number: Int, _ change: (inout Subscriber) -> Void) throws {
                var person = RollPeople.active(number)
                change(&person)
                try subscriberList.change(person.id) { _ in person }
            }
            try put(0) { _ in }
            try put(1) { $0.become(.unsubscribed, at: time - 1, reason: "one-click") }
            try put(2) { $0.medium = .post }
            let early = try subscriberList.audience(at: time)
            try put(3) { $0.become(.unsubscribed, at: time + 1, reason: "one-click") }
            try put(4) { person in
                person.become(.paused, at: time - 50, reason: nil)
                person.become(.active, at: time + 50, reason: nil)
            }
            let late = try subscriberList.audience(at: time)
            #expect(early.position(of: RollPeople.id(0)) == 0)
            #expect(early.count == 1)
            #expect(late.count == 2)
            #expect(late.contains(RollPeople.id(3)))
            #expect(!late.contains(RollPeople.id(4)))
            let now = try subscriberList.subscribers(0..<2, of: late).map { $0?.status }
            #expect(Set(now) == [.active, .unsubscribed])
        }
    }
}
