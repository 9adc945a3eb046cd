import Glibc
import Journal
import TestSupport
import Testing

@Suite("The system's disk")
struct SystemDiskTests {
    private let disk = SystemDisk()

    @Test("gives files and folders the given permissions, whatever the umask")
    func permissions() throws {
        try withScratchFolder { folder in
            _ = try disk.open(folder + "/file", .makingNew, permissions: 0o660)
            try disk.makeFolderIfMissing(folder + "/folder", permissions: 0o2770)
            try disk.makeFolderIfMissing(folder + "/folder", permissions: 0o700)
            #expect(try disk.status(at: folder + "/file")?.permissions == 0o660)
            #expect(try disk.status(at: folder + "/folder")?.permissions == 0o2770)
        }
    }

    @Test("opens neither a symbolic link nor a pipe in a file's place")
    func notFollowed() throws {
        try withScratchFolder { folder in
            _ = try disk.open(folder + "/file", .makingNew, permissions: 0o600)
            #expect(symlink(folder + "/file", folder + "/link") == 0)
            #expect(mkfifo(folder + "/pipe", 0o600) == 0)
            for (name, code) in [("link", ELOOP), ("pipe", ENODEV), ("none", ENOENT)] {
                let fault = #expect(throws: DiskFault.self) {
                    _ = try disk.open("\(folder)/\(name)", .reading, permissions: 0)
                }
                #expect(fault?.code == code)
                #expect(fault?.verb == .open)
            }
        }
    }

    @Test("reports the failed operation, the file and the remedy")
    func words() {
        #expect(
            DiskFault(.write, "/srv/state/roll.jsonl", code: ENOSPC).description
                == "cannot write /srv/state/roll.jsonl: No space left on device; free some space on that file system, then try again"
        )
        #expect(
            DiskFault(.makeFolder, "/srv/state", code: EACCES).description
                == "cannot make the folder /srv/state: Permission denied; run it as a user or with a group that has permission"
        )
    }

    @Test("lets one opening hold a lock until it is closed, and names its signer")
    func locks() throws {
        try withScratchFolder { folder in
            let lock = FileLock(beside: folder + "/daemon", permissions: 0o600, disk: disk)
            let other = FileLock(beside: folder + "/daemon", permissions: 0o600, disk: disk)
            var hold = try lock.tryHold()
            try hold?.sign("somebody, process 12")
            try hold?.sign("process 7")
            #expect(try other.tryHold() == nil)
            #expect(try other.signature() == "process 7")
            hold = nil
            #expect(try other.tryHold() != nil)
            #expect(try disk.list(folder) == ["daemon.lock"])
        }
    }

    @Test("a document's writers wait for each other, and the leftover of a killed one does no harm")
    func documents() async throws {
        try await withScratchFolder { folder in
            let path = folder + "/a.json"
            try plant(Array("left".utf8), at: folder + "/.a.json.tmp")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in UInt8(0)..<4 {
                    group.addTask {
                        let document = JSONDocument(path, permissions: 0o660, disk: SystemDisk())
                        for _ in 0..<20 { try document.write(Array(repeating: writer, count: 5000)) }
                    }
                }
                try await group.waitForAll()
            }
            let found = try content(path)
            #expect(found.count == 5000)
            #expect(Set(found).count == 1)
            #expect(try disk.list(folder) == ["a.json"])
            #expect(try disk.status(at: path)?.permissions == 0o660)
        }
    }
}
