import Journal
import TestSupport
import Testing

@Suite("A line journal")
struct LineJournalTests {
    @Test("begins with a line that names its format and version, and has the given permissions")
    func header() throws {
        try withScratchFolder { folder in
            let path = folder + "/a.jsonl"
            var journal = journal(path)
            var lines = Lines()
            try journal.add([#"{"n":1}"#], &lines)
            #expect(try content(path) == bytes([#"{"format":"test","version":1}"#, #"{"n":1}"#]))
            #expect(try SystemDisk().status(at: path)?.permissions == 0o640)
            #expect(try SystemDisk().status(at: path + ".lock")?.permissions == 0o640)
        }
    }

    @Test("is empty where there is no file, and makes none for a reader")
    func missing() throws {
        try withScratchFolder { folder in
            var journal = journal(folder + "/a.jsonl")
            var lines = Lines()
            try journal.catchUp(&lines)
            #expect(lines.texts.isEmpty)
            #expect(try SystemDisk().list(folder).isEmpty)
        }
    }

    @Test("gives each follower the others' lines, once and in order")
    func follow() throws {
        try withScratchFolder { folder in
            var first = journal(folder + "/a.jsonl")
            var second = journal(folder + "/a.jsonl")
            var (one, two) = (Lines(), Lines())
            for number in 0..<50 {
                if number % 2 == 0 {
                    try first.add([#"{"n":\#(number)}"#], &one)
                } else {
                    try second.add([#"{"n":\#(number)}"#, #"{"more":\#(number)}"#], &two, sync: false)
                }
            }
            try first.catchUp(&one)
            try second.catchUp(&two)
            #expect(two.texts.count == 75)
            #expect(one.texts == two.texts)
            #expect(try lines(in: folder + "/a.jsonl") == two.texts)
        }
    }

    @Test("refuses a version that it does not know, and another kind of file, and changes neither")
    func refusal() throws {
        try withScratchFolder { folder in
            let path = folder + "/a.jsonl"
            for (first, isVersion) in [
                (#"{"format":"test","version":2}"#, true), (#"{"format":"other","version":1}"#, false),
            ] {
                let planted = bytes([first, #"{"n":1}"#]) + Array("torn".utf8)
                try plant(planted, at: path)
                var journal = journal(path)
                var lines = Lines()
                let expected =
                    isVersion
                    ? JournalFault.unknownVersion(path: path, found: 2, known: format)
                    : JournalFault.notThisFormat(path: path, wanted: format)
                #expect(throws: expected) { try journal.catchUp(&lines) }
                #expect(throws: expected) { try journal.exclusively(&lines) { _, _ in } }
                #expect(try content(path) == planted)
            }
        }
    }

    @Test("passes over a torn tail wherever it was torn, and a writer cuts it")
    func tornTail() throws {
        try withScratchFolder { folder in
            let path = folder + "/a.jsonl"
            let whole = bytes([format.header, #"{"n":1}"#, #"{"n":2,"text":"ünï"}"#])
            for length in 0...whole.count {
                try plant(Array(whole[..<length]), at: path)
                let feeds = whole[..<length].count { $0 == UInt8(ascii: "\n") }
                var reading = journal(path)
                var seen = Lines()
                try reading.catchUp(&seen)
                #expect(seen.texts.count == max(0, feeds - 1))
                #expect(reading.damage.isEmpty)
                #expect(try content(path).count == length, "a reader never cuts")
                var writing = journal(path)
                var lines = Lines()
                try writing.add([#"{"n":3}"#], &lines)
                let expected = max(1, feeds)
                let kept = whole.split(separator: UInt8(ascii: "\n")).prefix(expected).joined(separator: [10])
                #expect(try content(path) == Array(kept) + [10] + bytes([#"{"n":3}"#]))
                #expect(writing.damage.isEmpty)
            }
        }
    }

    @Test("reports damage in the middle with line and bytes, reads on after it, and a writer keeps its bytes once")
    func damage() throws {
        try withScratchFolder { folder in
            let path = folder + "/a.jsonl"
            let nul = String(repeating: "\0", count: 40)
            try plant(
                bytes([format.header, #"{"n":1}"#, nul, "", #"{"n":"#, #"{"illegible":1}"#, #"{"n":2}"#]), at: path)
            for _ in 0..<3 {
                var journal = journal(path)
                var lines = Lines(illegible: "illegible")
                try journal.catchUp(&lines)
                #expect(lines.texts == [#"{"n":1}"#, #"{"n":2}"#])
                #expect(journal.damage.map(\.line) == [3, 4, 5, 6])
                #expect(journal.damage.map(\.offset) == [38, 79, 80, 86])
                #expect(journal.damage.map(\.length) == [40, 0, 5, 15])
                #expect(
                    journal.damage.first?.description == "\(path), line 3 (bytes 38 to 78) is damaged and was left out")
                try journal.exclusively(&lines) { _, _ in }
            }
            let aside = String(decoding: try content(path + ".damaged"), as: UTF8.self)
            let kept = aside.split(separator: "\n")
            #expect(kept.count == 4)
            #expect(kept.last == #"{"line":6,"offset":86,"bytes":"eyJpbGxlZ2libGUiOjF9"}"#)
        }
    }

    @Test("is read again by its followers after a rewrite")
    func rewrite() throws {
        try withScratchFolder { folder in
            let path = folder + "/a.jsonl"
            var (first, second) = (journal(path), journal(path))
            var (one, two) = (Lines(), Lines())
            try first.add((0..<10).map { #"{"n":\#($0)}"# }, &one)
            try second.catchUp(&two)
            try first.exclusively(&one) { journal, lines in
                try journal.rewrite(&lines) { copy, old, _ in
                    try old.eachLine { line, _ in
                        if line[5] % 2 == 0 { try copy.add(line: line) }
                    }
                }
                try journal.append(bytes([#"{"n":10}"#]))
            }
            try second.add([#"{"n":11}"#], &two)
            #expect(two.texts == [0, 2, 4, 6, 8, 10, 11].map { #"{"n":\#($0)}"# })
            #expect(try lines(in: path) == two.texts)
            #expect(try SystemDisk().list(folder) == ["a.jsonl", "a.jsonl.lock"])
        }
    }

    @Test("is read again by a follower that had read a line taken back since")
    func takenBack() throws {
        try withScratchFolder { folder in
            let path = folder + "/a.jsonl"
            try plant(bytes([format.header, #"{"n":1}"#, #"{"n":2}"#]), at: path)
            var follower = journal(path)
            var lines = Lines()
            try follower.catchUp(&lines)
            try plant(bytes([format.header, #"{"n":1}"#, #"{"longer":3}"#, #"{"n":4}"#]), at: path)
            try follower.catchUp(&lines)
            #expect(lines.texts == [#"{"n":1}"#, #"{"longer":3}"#, #"{"n":4}"#])
        }
    }

    @Test("takes lines of any length")
    func longLines() throws {
        try withScratchFolder { folder in
            var journal = journal(folder + "/a.jsonl")
            var reader = Lines()
            let texts = [10, 1_048_576, 3, 3_000_000, 5000].map { #"{"t":"\#(String(repeating: "x", count: $0))"}"# }
            try journal.add(texts, &reader)
            #expect(try lines(in: folder + "/a.jsonl") == texts)
            for (text, offset) in zip(texts, reader.offsets) {
                #expect(try journal.withLine(at: offset) { String(decoding: $0, as: UTF8.self) } == text)
            }
        }
    }

    @Test("holds the lock that everybody else waits for, also after its file was replaced")
    func replacedLock() throws {
        try withScratchFolder { folder in
            var journal = journal(folder + "/a.jsonl")
            var reader = Lines()
            try journal.add([#"{"n":1}"#], &reader)
            let other = FileLock(beside: folder + "/a.jsonl", permissions: 0o640, disk: SystemDisk())
            for isReplaced in [false, true] {
                if isReplaced { try SystemDisk().remove(folder + "/a.jsonl.lock") }
                try journal.exclusively(&reader) { journal, _ in
                    #expect(try other.tryHold() == nil)
                    try journal.append(bytes([#"{"n":2}"#]))
                }
                #expect(try other.tryHold() != nil)
            }
        }
    }

    @Test("loses nothing when four threads append through instances of their own")
    func threads() async throws {
        try await withScratchFolder { folder in
            let path = folder + "/a.jsonl"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for thread in 0..<4 {
                    group.addTask {
                        var journal = journal(path)
                        var lines = Lines()
                        for number in 0..<100 {
                            try journal.add([#"{"n":\#(thread * 100 + number)}"#], &lines, sync: false)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let texts = try lines(in: path)
            #expect(texts.count == 400)
            #expect(Set(texts) == Set((0..<400).map { #"{"n":\#($0)}"# }))
        }
    }
}
