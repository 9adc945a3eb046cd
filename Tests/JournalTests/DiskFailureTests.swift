import Journal
import TestSupport
import Testing

@Suite("When the disk fails")
struct DiskFailureTests {
    @Test(
        "a journal appends all of a batch or nothing, and continues once the disk works",
        arguments: RiggedDisk.Refusal.allCases)
    func journalAppends(refusal: RiggedDisk.Refusal) throws {
        var verb = 0
        var refused = true
        while refused {
            verb += 1
            refused = try withScratchFolder { folder in
                let path = folder + "/a.jsonl"
                let rigged = RiggedDisk()
                var writer = journal(path, on: rigged)
                var reader = Lines()
                var acknowledged: [String] = []
                var failed: [String] = []
                rigged.refuse(at: verb, refusal)
                for number in 0..<4 {
                    let batch = [#"{"n":\#(number)}"#, #"{"more":\#(number)}"#]
                    do {
                        try writer.exclusively(&reader) { journal, _ in try journal.append(bytes(batch)) }
                        acknowledged += batch
                    } catch {
                        #expect(error is JournalFault)
                        failed += batch
                    }
                    if number == 2 { refused = rigged.relent() }
                }
                let found = try lines(in: path)
                #expect(found.filter(acknowledged.contains) == acknowledged, "verb \(verb)")
                // A failed append is gone, unless it could not be undone.
                if refusal == .once { #expect(found == acknowledged, "verb \(verb)") }
                var follower = journal(path)
                var others = Lines()
                try follower.catchUp(&others)
                #expect(follower.damage.isEmpty)
                return refused
            }
        }
        #expect(verb > 10)
    }

    @Test("a document is the old one or the new one, and no leftover remains", arguments: RiggedDisk.Refusal.allCases)
    func documentWrites(refusal: RiggedDisk.Refusal) throws {
        var verb = 0
        var refused = true
        while refused {
            verb += 1
            refused = try withScratchFolder { folder in
                let path = folder + "/a.json"
                let rigged = RiggedDisk()
                let document = JSONDocument(path, permissions: 0o600, disk: rigged)
                let (old, new) = (Array(repeating: UInt8(1), count: 1000), Array(repeating: UInt8(2), count: 500))
                try document.write(old)
                rigged.refuse(at: verb, refusal)
                do {
                    try document.write(new)
                    #expect(try content(path) == new)
                } catch {
                    #expect(try [old, new].contains(content(path)))
                }
                let refused = rigged.relent()
                try JSONDocument.removeLeftovers(in: folder, disk: SystemDisk())
                #expect(try SystemDisk().list(folder) == ["a.json"])
                try document.write(new)
                #expect(try content(path) == new)
                return refused
            }
        }
        #expect(verb > 5)
    }

    @Test("a journal that is rewritten stays whole", arguments: RiggedDisk.Refusal.allCases)
    func rewriting(refusal: RiggedDisk.Refusal) throws {
        var verb = 0
        var refused = true
        while refused {
            verb += 1
            refused = try withScratchFolder { folder in
                let path = folder + "/a.jsonl"
                let rigged = RiggedDisk()
                var journal = journal(path, on: rigged)
                var reader = Lines()
                let texts = (0..<6).map { #"{"n":\#($0)}"# }
                try journal.add(texts, &reader)
                rigged.refuse(at: verb, refusal)
                let kept = texts.filter { !$0.contains("3") }
                let result = Result {
                    try journal.exclusively(&reader) { journal, reader in
                        try journal.rewrite(&reader) { copy, _, _ in try copy.add(bytes(kept)[...]) }
                    }
                }
                let refused = rigged.relent()
                let found = try lines(in: path)
                #expect(found == kept || (found == texts && (try? result.get()) == nil), "verb \(verb)")
                try journal.add([#"{"n":9}"#], &reader)
                #expect(try lines(in: path) == found + [#"{"n":9}"#])
                return refused
            }
        }
        #expect(verb > 10)
    }

    @Test("a power cut takes only changes that were never acknowledged", arguments: 1...20)
    func powerCut(seed: UInt64) throws {
        var generator = RepeatableGenerator(seed: seed)
        let disk = MemoryDisk()
        try disk.makeFolder("/state", permissions: 0o700)
        let path = "/state/a.jsonl"
        let document = JSONDocument("/state/a.json", permissions: 0o600, disk: disk)
        try disk.syncFolder("/")
        var acknowledged: [String] = []
        var possible: Set<String> = []
        var written: [UInt8]?
        var number = 0
        for _ in 0..<10 {
            var writer = journal(path, on: disk)
            var reader = Lines()
            for _ in 0..<Int.random(in: 0..<6, using: &generator) {
                number += 1
                let text = #"{"n":\#(number)}"#
                possible.insert(text)
                let syncs = Bool.random(using: &generator)
                try writer.exclusively(&reader) { journal, _ in try journal.append(bytes([text]), sync: syncs) }
                // A sync makes everything written before it durable.
                if syncs { acknowledged = try lines(in: path, on: disk) }
                if Bool.random(using: &generator) {
                    try document.write(bytes([text]))
                    written = bytes([text])
                }
            }
            disk.cutPower(&generator)
            let found = try lines(in: path, on: disk)
            #expect(found.starts(with: acknowledged))
            #expect(found.allSatisfy { possible.contains($0) })
            #expect(try document.read() == written)
            acknowledged = found
            // Content that survived once is on the disk now.
        }
    }
}
