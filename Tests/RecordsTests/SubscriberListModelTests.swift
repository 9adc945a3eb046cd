import Basics
import Bulletin
import Foundation
import Journal
import TestSupport
import Testing

@testable import Records

@Suite("A subscriber list and a dictionary")
struct SubscriberListModelTests {
    /// The model that a subscriber list must agree with.
    struct Model {
        var people: [SubscriberID: Subscriber] = [:]

        func check(_ subscriberList: FileSubscriberList, at times: [Date]) throws {
            var counts = SubscriberCounts()
            for person in people.values { counts[person.status] += 1 }
            let found = try subscriberList.counts()
            for status in SubscriberStatus.allCases { #expect(found[status] == counts[status], "\(status)") }
            var walked: [Subscriber] = []
            try subscriberList.walk(after: nil) { person in
                walked.append(person)
                return true
            }
            let isSame = walked == people.values.sorted { $0.id < $1.id }
            #expect(isSame)
            for time in times {
                let members = people.values.filter { $0.medium == .email && $0.wasActive(at: time) }.map(\.id).sorted()
                let audience = try subscriberList.audience(at: time)
                #expect(audience.count == members.count)
                let positions = members.map { audience.position(of: $0) }
                #expect(positions == Array(0..<members.count))
                let records = try subscriberList.subscribers(0..<audience.count, of: audience)
                let areTheirs = records.map { $0?.id } == members
                #expect(areTheirs)
            }
        }
    }

    @Test("agree after any changes, by two instances, with reopening and compaction", arguments: 1...4)
    func agree(seed: UInt64) throws {
        var generator = RepeatableGenerator(seed: seed)
        try withScratchFolder { folder in
            let path = folder + "/roll.jsonl"
            var rolls = (0..<2).map { _ in FileSubscriberList(path, disk: SystemDisk()) }
            // Ids of which some share their first half, as real ones might by chance.
            let ids = (0..<60).map { number in
                number % 5 == 0 ? SubscriberID(high: UInt64(number / 20), low: UInt64(number)) : RollPeople.id(number)
            }
            var model = Model()
            var now = RollPeople.start
            for step in 0..<200 {
                now += Double(Int.random(in: 0..<4, using: &generator))
                let subscriberList = rolls[Int.random(in: 0..<2, using: &generator)]
                switch Int.random(in: 0..<20, using: &generator) {
                case 0: rolls[0] = FileSubscriberList(path, disk: SystemDisk())
                case 1: try subscriberList.compact()
                case 2...4:
                    let batch = (0..<10).map { _ in ids[Int.random(in: 0..<ids.count, using: &generator)] }
                    try subscriberList.changeMany(batch) { id, current in
                        #expect(current == model.people[id])
                        let new = RollPeople.change(id, current, at: now, &generator)
                        if let new { model.people[id] = new }
                        return new
                    }
                default:
                    let id = ids[Int.random(in: 0..<ids.count, using: &generator)]
                    let result = try subscriberList.change(id) { current in
                        #expect(current == model.people[id])
                        return RollPeople.change(id, current, at: now, &generator)
                    }
                    model.people[id] = result
                }
                if step % 50 == 49 {
                    for subscriberList in rolls {
                        try model.check(subscriberList, at: [now, now - 20, RollPeople.start])
                    }
                }
            }
        }
    }

    @Test("agree when new entries are merged into the index, and when it is rebuilt")
    func manyPeople() throws {
        try withScratchFolder { folder in
            let path = folder + "/roll.jsonl"
            let first = FileSubscriberList(path, disk: SystemDisk())
            let second = FileSubscriberList(path, disk: SystemDisk())
            var model = Model()
            for batch in 0..<4 {
                let numbers = (batch * 2500)..<(batch * 2500 + 2500)
                let people = numbers.map { RollPeople.active($0) }
                let byID = Dictionary(uniqueKeysWithValues: people.map { ($0.id, $0) })
                try (batch % 2 == 0 ? first : second).changeMany(people.map(\.id)) { id, _ in byID[id] }
                model.people.merge(byID) { $1 }
            }
            for subscriberList in [first, second, FileSubscriberList(path, disk: SystemDisk())] {
                try model.check(subscriberList, at: [RollPeople.start])
            }
        }
    }
}
