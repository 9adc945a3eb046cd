import Basics
import Bulletin
import Foundation
import Journal
import TestSupport
import Testing

@testable import Records

@Suite("A ledger through crashes")
struct LedgerCrashTests {
    /// Random steps of a daemon and its relay.
    struct Sending {
        var model: [SubscriberID: DeliveryState] = [:]
        /// Recipients to whom bytes were sent: they may have the message.
        var tried: Set<SubscriberID> = []

        mutating func turn(
            _ ids: [SubscriberID], _ generator: inout RepeatableGenerator
        ) -> (settled: [(SubscriberID, Outcome)], handed: [SubscriberID]) {
            var settled: [(SubscriberID, Outcome)] = []
            var handed: [SubscriberID] = []
            for id in ids.shuffled(using: &generator).prefix(8) {
                switch model[id] ?? .owed {
                case .handed:
                    let outcome = [accepted, deferred, refused, .unknown("lost")].randomElement(using: &generator)
                    if let outcome { settled.append((id, outcome)) }
                case .owed where Bool.random(using: &generator):
                    if Int.random(in: 0..<5, using: &generator) == 0 {
                        settled.append((id, .skipped("left")))
                    } else {
                        handed.append(id)
                    }
                case .deferred, .unknown: handed.append(id)
                case .owed, .accepted, .refused, .skipped: continue
                }
            }
            return (settled, handed)
        }

        mutating func took(_ turn: (settled: [(SubscriberID, Outcome)], handed: [SubscriberID])) {
            for (id, outcome) in turn.settled { model[id] = outcome.state }
            for id in turn.handed {
                model[id] = .handed
                tried.insert(id)
            }
        }

        func counts(_ ids: [SubscriberID]) -> DeliveryCounts {
            var counts = DeliveryCounts()
            for id in ids { counts[model[id] ?? .owed] += 1 }
            return counts
        }
    }

    @Test("counts the same from running totals, from all its lines, and member by member", arguments: 1...4)
    func totals(seed: UInt64) throws {
        var generator = RepeatableGenerator(seed: seed)
        try withStateFolder { state in
            let ids = (1...40).map(person)
            var sending = Sending()
            var ledger = try state.begun(audience(1...40))
            for step in 0..<60 {
                let turn = sending.turn(ids, &generator)
                try ledger.record(settled: turn.settled, handed: turn.handed, at: noon + Double(step))
                sending.took(turn)
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: try ledger.finish()
                case 1: try ledger.sync()
                case 2:
                    ledger = try state.begun(audience(1...40), at: noon + Double(step))
                    for (id, one) in sending.model where one == .handed { sending.model[id] = .unknown }
                default: break
                }
                let expected = sending.counts(ids)
                #expect(ledger.counts == expected)
                #expect(try state.deliveryCounts(mailing) == expected)
                let folder = state.path + "/deliveries"
                let withTotals = LedgerFiles(folder: folder, mailing: mailing, disk: SystemDisk())
                try? FileManager.default.removeItem(atPath: folder + "/elsewhere")
                try FileManager.default.createDirectory(
                    atPath: folder + "/elsewhere", withIntermediateDirectories: false)
                try FileManager.default.copyItem(atPath: withTotals.path, toPath: folder + "/elsewhere/0024.jsonl")
                let whole = LedgerFiles(folder: folder + "/elsewhere", mailing: mailing, disk: SystemDisk())
                #expect(try whole.counts() == expected)
                for id in ids { #expect(ledger.state(of: id) == sending.model[id] ?? .owed) }
            }
        }
    }

    @Test(
        "takes each step completely or not at all, whichever disk operation is refused",
        arguments: RiggedDisk.Refusal.allCases)
    func refusals(refusal: RiggedDisk.Refusal) throws {
        var verb = 1
        var refused = true
        while refused {
            try withScratchFolder { folder in
                try StateFolder(path: folder + "/state").make(at: noon)
                let disk = RiggedDisk(over: SystemDisk())
                let state = StateFolder(path: folder + "/state", disk: disk)
                let ledger = try state.begun(audience(1...4))
                try ledger.record(settled: [], handed: [person(1), person(2)], at: noon)
                disk.refuse(at: verb, refusal)
                let done = Result {
                    try ledger.record(settled: [(person(1), accepted)], handed: [person(3)], at: noon)
                }
                let synced = Result { try ledger.finish() }
                refused = disk.relent()
                if case .failure(let error) = done { #expect(error is JournalFault) }
                let before = DeliveryCounts.of([.owed: 2, .handed: 2])
                let after = DeliveryCounts.of([.owed: 1, .handed: 2, .accepted: 1])
                let isDone = (try? done.get()) != nil
                #expect(ledger.counts == (isDone ? after : before))
                #expect(try state.deliveryCounts(mailing) == ledger.counts)
                if (try? synced.get()) != nil, !isDone {
                    // The disk works again: the same step is repeated.
                    try ledger.record(settled: [(person(1), accepted)], handed: [person(3)], at: noon)
                    #expect(ledger.counts == after)
                }
                let resumed = try state.begun(audience(1...4))
                #expect(resumed.counts[.unknown] == 2)
                #expect(resumed.counts[.handed] == 0)
            }
            verb += 1
        }
        #expect(verb > 5)
    }

    @Test("loses nothing to a power cut but the unsynced end", arguments: 1...30)
    func powerCut(seed: UInt64) throws {
        var generator = RepeatableGenerator(seed: seed)
        let disk = MemoryDisk()
        try disk.makeFolder("/state", permissions: 0o710)
        let state = StateFolder(path: "/state", disk: disk)
        try state.make(at: noon)
        let ids = (1...30).map(person)
        var sending = Sending()
        for life in 0..<4 {
            let now = noon + Double(life * 100)
            let ledger = try state.begun(audience(1...30), at: now)
            // The daemon knows only the ledger's content.
            for id in ids { sending.model[id] = ledger.state(of: id) }
            #expect(try state.deliveryCounts(mailing) == ledger.counts)
            var synced = sending.model
            for _ in 0..<Int.random(in: 0..<20, using: &generator) {
                let turn = sending.turn(ids, &generator)
                try ledger.record(settled: turn.settled, handed: turn.handed, at: now)
                sending.took(turn)
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    try ledger.finish()
                    synced = sending.model
                }
            }
            disk.cutPower(&generator)
            let after = try state.begun(audience(1...30), at: now + 50)
            #expect(after.counts.total == 30)
            #expect(try state.deliveryCounts(mailing) == after.counts)
            for (id, state) in synced where state.isSettled {
                #expect(after.state(of: id) == state, "settled and synced is settled for ever")
            }
            for (id, state) in synced where state != .owed {
                #expect(
                    after.state(of: id) != .owed, "who was tried, and synced, is not tried as if for the first time")
            }
        }
    }

    @Test("forgets running totals that do not fit")
    func staleTotals() throws {
        try withStateFolder { state in
            let ledger = try state.begun(audience(1...4))
            try ledger.record(settled: [(person(1), accepted)], handed: [], at: noon)
            try ledger.finish()
            let path = state.path + "/deliveries/0024.totals.json"
            let good = try String(contentsOfFile: path, encoding: .utf8)
            for bad in [
                "", "{", good.replacing("\"accepted\" : 1", with: "\"accepted\" : \"x\""),
                good.replacing("\"count\" : 4", with: "\"count\" : 5"),
                good.replacing("\"formatVersion\" : 1", with: "\"formatVersion\" : 9"),
                good.replacing("\"end\" : ", with: "\"end\" : 9"),
            ] {
                #expect(bad != good)
                try bad.write(toFile: path, atomically: false, encoding: .utf8)
                #expect(try state.deliveryCounts(mailing) == .of([.accepted: 1, .owed: 3]))
            }
        }
    }

    @Test("of an unknown version, or no ledger at all, is refused and not counted")
    func versions() throws {
        try withStateFolder { state in
            let path = state.path + "/deliveries/0024.jsonl"
            try "{\"format\":\"fortnight-deliveries\",\"version\":2}\n{}\n{}\n"
                .write(toFile: path, atomically: false, encoding: .utf8)
            #expect(throws: JournalFault.unknownVersion(path: path, found: 2, known: ledgerFormat)) {
                try state.deliveryCounts(mailing)
            }
            #expect(throws: JournalFault.self) { try state.begun(audience(1...4)) }
            try "nonsense\nmore\nlines\n".write(toFile: path, atomically: false, encoding: .utf8)
            #expect(throws: JournalFault.notThisFormat(path: path, wanted: ledgerFormat)) {
                try state.deliveryCounts(mailing)
            }
        }
    }
}
