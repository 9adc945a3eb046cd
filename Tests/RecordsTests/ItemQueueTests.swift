import Bulletin
import Foundation
import Glibc
import Journal
import Records
import TestSupport
import Testing

@Suite("The queue of items")
struct ItemQueueTests {
    private func path(_ state: StateFolder, _ name: String) -> String { "\(state.path)/editorial/items/\(name)" }

    private func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    @Test("reads every field back unchanged, and writes it the same again")
    func roundTrip() throws {
        try withStateFolder { state in
            let item = try state.queue.add { sampleItem($0) }
            let read = try #require(try StateFolder(path: state.path).queue.item(item.id))
            var mirror = Mirror(reflecting: read).children.map { "\($0.label ?? "") \($0.value)" }
            #expect(mirror == Mirror(reflecting: item).children.map { "\($0.label ?? "") \($0.value)" })
            mirror = Mirror(reflecting: read).children.filter { "\($0.value)" == "nil" }.map { "\($0.label ?? "")" }
            #expect(mirror.isEmpty, "the sample sets every field")
            let bytes = try SystemDisk().content(of: path(state, "\(item.id).json"))
            _ = try state.queue.change(item.id) { item in
                var item = item
                item.title += "!"
                return item
            }
            _ = try state.queue.change(item.id) { _ in read }
            #expect(try SystemDisk().content(of: path(state, "\(item.id).json")) == bytes)
        }
    }

    @Test("keeps each item in a file that people can read")
    func legible() throws {
        try withStateFolder { state in
            let item = try state.queue.add { id in
                Item(
                    id: id, uid: "a@example.org", kind: .notice, title: "Tea / cake", timezone: "Europe/London",
                    summary: "£2", addedAt: noon, addedBy: "ann")
            }
            let text = try String(contentsOfFile: path(state, "\(item.id).json"), encoding: .utf8)
            #expect(
                text == """
                    {
                      "addedAt" : "2026-12-02T10:00:00.123Z",
                      "addedBy" : "ann",
                      "id" : "\(item.id)",
                      "kind" : "notice",
                      "sequence" : 0,
                      "summary" : "£2",
                      "timezone" : "Europe/London",
                      "title" : "Tea / cake",
                      "uid" : "a@example.org"
                    }

                    """)
        }
    }

    @Test("lists what was added, in that order, and loses what was removed")
    func listing() throws {
        try withStateFolder { state in
            let items = try (0..<5).map { number in
                try state.queue.add { sampleItem($0, addedAt: noon + Double(5 - number)) }
            }
            #expect(try state.queue.list().items == items.reversed())
            #expect(try state.queue.remove(items[2].id) == items[2])
            #expect(try state.queue.remove(items[2].id) == nil)
            #expect(try state.queue.change(items[2].id) { $0 } == nil)
            #expect(try state.queue.list().items.count == 4)
        }
    }

    @Test("gives no id that an item has, or had in an issue")
    func freeIDs() throws {
        try withStateFolder { state in
            var generator = RepeatableGenerator(seed: 5)
            let queued = try state.queue.add(using: &generator) { sampleItem($0) }
            let past = try state.queue.add(using: &generator) { sampleItem($0) }
            try state.issues.save(sampleIssue(1, [past]))
            _ = try state.queue.remove(past.id)
            var again = RepeatableGenerator(seed: 5)
            let new = try state.queue.add(using: &again) { sampleItem($0) }
            #expect(new.id != queued.id)
            #expect(new.id != past.id)
        }
    }

    @Test("makes a change completely or not at all")
    func change() throws {
        try withStateFolder { state in
            let item = try state.queue.add { sampleItem($0) }
            struct No: Error {}
            #expect(throws: No.self) { try state.queue.change(item.id) { _ in throw No() } }
            #expect(throws: No.self) { try state.queue.add { _ in throw No() } }
            #expect(try state.queue.list().items == [item])
            let disk = RiggedDisk(over: SystemDisk())
            let rigged = StateFolder(path: state.path, disk: disk)
            var changed = item
            changed.title = "Other"
            var verb = 1
            repeat {
                disk.refuse(at: verb, .fromThenOn)
                let done = (try? rigged.queue.change(item.id) { _ in changed }) != nil
                let refused = disk.relent()
                let read = try state.queue.item(item.id)
                #expect(done ? read == changed : read == item || read == changed)
                if !refused { break }
                _ = try state.queue.change(item.id) { _ in item }
                verb += 1
            } while true
            #expect(verb > 6)
            #expect(try state.queue.list().damaged.isEmpty)
        }
    }

    @Test("reports a damaged file by name, and lists the others")
    func damage() throws {
        try withStateFolder { state in
            let item = try state.queue.add { sampleItem($0) }
            let good = try String(contentsOfFile: path(state, "\(item.id).json"), encoding: .utf8)
            let hostile: [String: String] = [
                "aaaaaa.json": "", "aaaaab.json": "{", "aaaaac.json": "[]", "aaaaad.json": good,
                "aaaaae.json": String(good.dropLast(30)), "aaaaaf.json": "{\"id\":\"aaaaaf\"}",
                "aaaaag.json": String(repeating: "[", count: 100_000), "not an id.json": good, "AAAAAH.json": good,
                "aaaaai.json": String(repeating: " ", count: 9 << 20),
                "aaaaaj.json": good.replacing("\(item.id)", with: "aaaaaj").replacing(
                    "2027-03-04T13", with: "2027-02-30T13"),
            ]
            for (name, content) in hostile { try write(content, path(state, name)) }
            #expect(symlink("/etc/passwd", path(state, "aaaaak.json")) == 0)
            #expect(mkdir(path(state, "aaaaal.json"), 0o700) == 0)
            #expect(mkfifo(path(state, "aaaaam.json"), 0o600) == 0)
            try write("half", path(state, ".\(item.id).json.tmp"))
            let listing = try state.queue.list()
            #expect(listing.items == [item])
            #expect(
                Set(listing.damaged.map(\.path))
                    == Set(
                        hostile.keys.map { path(state, $0) }
                            + ["aaaaak", "aaaaal", "aaaaam"].map { path(state, "\($0).json") }))
            let time = listing.damaged.first { $0.path.hasSuffix("aaaaaj.json") }
            #expect(time?.why.contains("starts: 2027-02-30T13:30 is not a date and time") == true)
        }
    }

    @Test("loses nothing to editors who add at the same time")
    func together() throws {
        try withStateFolder { state in
            let added = Gathered<ItemID>()
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                let editor = StateFolder(path: state.path)
                for _ in 0..<25 {
                    if let item = try? editor.queue.add({ sampleItem($0) }) { added.add(item.id) }
                }
            }
            #expect(added.all.count == 100)
            let listed = try state.queue.list().items.map(\.id)
            #expect(Set(listed) == Set(added.all))
        }
    }
}
