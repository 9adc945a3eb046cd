import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("The programs", .wholePrograms)
struct ProgramTests {
    struct Bad: Sendable, CustomStringConvertible {
        let description: String
        let settings: String
        let said: [String]
    }

    static let bad = [
        Bad(description: "an unknown key", settings: "delivry: {onUnknown: hold}", said: ["delivry", "delivery"]),
        Bad(description: "a repeated key", settings: "state: a\nstate: b", said: ["state", ":16:"]),
        Bad(description: "a wrong type", settings: "check: {readingAge: old}", said: ["readingAge", ":15:"]),
        Bad(description: "a value out of bounds", settings: "check: {readingAge: 99}", said: ["readingAge", "25"]),
    ]

    @Test("refuse to start with a bad configuration, and name the line and the remedy", arguments: bad)
    func badConfiguration(bad: Bad) async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525, settings: bad.settings)
            let command = try await bulletin.run("items")
            let daemon = try await bulletin.start().ended()
            for ending in [command, daemon] {
                #expect(ending.status == 1)
                #expect(ending.errors.contains("fortnight.yaml:"))
                for word in bad.said { #expect(ending.errors.contains(word), "\(ending.errors)") }
            }
            #expect(!FileManager.default.fileExists(atPath: "\(scratch)/state"), "nothing was made")
        }
    }

    @Test("refuse plain text to another machine, and a file that is missing")
    func unsafeRelay() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let ending = try await ProgramRun.run(
                Programs.ours("fortnightd"), ["--config", "\(scratch)/fortnight.yaml"],
                environment: ["FORTNIGHT_SMTP_URL": "smtp://relay.example.org:25"])
            #expect(ending.status == 1 && ending.errors.contains("tls"))
            let missing = try await bulletin.run("items", "--config", "\(scratch)/none.yaml")
            #expect(missing.status == 1 && missing.errors.contains("none.yaml"))
        }
    }

    @Test("stop only the one that needs a secret which cannot be read")
    func missingSecret() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(
                in: scratch, smtpPort: 2525,
                smtp: "  tls: required\n  username: bulletin\n  passwordFile: no-such-file\n")
            #expect(try await bulletin.run("items").status == 0)
            let daemon = try await bulletin.start().ended()
            #expect(daemon.status == 1 && daemon.errors.contains("no-such-file"))
        }
    }

    @Test("name the daemon that already runs on a state folder, and end")
    func twoDaemons() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let first = try await bulletin.daemon()
            let second = try await bulletin.start(["FORTNIGHT_WEB_LISTEN": "127.0.0.1:0"]).ended()
            #expect(second.status == 1)
            #expect(second.errors.contains("process \(first.processID)"))
            first.signal(SIGTERM)
            #expect(try await first.ended().status == 0)
        }
    }

    @Test(
        "leave nothing behind of a bulletin that could not be made completely",
        arguments: ["networks/bad.json", "items/bad.md", "fortnight.yaml"])
    func badSeeds(name: String) async throws {
        try await withScratchFolder { scratch in
            let seeds = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../seeds")
            try FileManager.default.copyItem(atPath: seeds.standardizedFileURL.path, toPath: "\(scratch)/seeds")
            try "{".write(toFile: "\(scratch)/seeds/\(name)", atomically: true, encoding: .utf8)
            let ending = try await ProgramRun.run(
                Programs.ours("fortnight"), ["init", "\(scratch)/club", "--seeds", "\(scratch)/seeds"])
            #expect(ending.status == 1 && ending.errors.contains(name.split(separator: "/").last ?? ""))
            #expect(!FileManager.default.fileExists(atPath: "\(scratch)/club"))
        }
    }

    @Test("know every zone, whatever the place they run in")
    func zones() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let offsets = [
                "Europe/London": "+00:00", "America/New_York": "-05:00", "Asia/Kathmandu": "+05:45",
                "Australia/Lord_Howe": "+11:00", "Pacific/Chatham": "+13:45", "America/St_Johns": "-03:30",
                "Asia/Kolkata": "+05:30", "Europe/Kyiv": "+02:00", "Africa/Casablanca": "+01:00",
                "Pacific/Apia": "+13:00", "America/Sao_Paulo": "-03:00",
            ]
            for (zone, offset) in offsets {
                let ending = try await ProgramRun.run(
                    Programs.ours("fortnight"),
                    [
                        "schedule", "--config", "\(scratch)/fortnight.yaml", "--from", "2026-12-01", "--count", "1",
                        "--json",
                    ],
                    environment: [
                        "FORTNIGHT_SCHEDULE_TIMEZONE": zone, "FORTNIGHT_SCHEDULE_FIRST": "2026-12-02 10:00",
                        "LANG": "ar_EG.UTF-8", "TZ": "America/Los_Angeles",
                    ])
                #expect(ending.output.contains("\"sends\":\"2026-12-02T10:00:00\(offset)\""), "\(zone): \(ending)")
            }
            _ = bulletin
        }
    }

    @Test("a schedule of a hundred years is counted, though not foretold")
    func longSchedule() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await bulletin.done(
                "networks", "add", "forum", "--name", "Forum", "--every", "week", "--on", "Monday", "--at", "10:00",
                "--taking-part-phone", "0161 496 0456")
            let lines = try await bulletin.done("schedule", "--count", "2600", "--json").split(separator: "\n")
            #expect(lines.count == 2600)
            #expect(lines.last?.hasPrefix("{\"number\":2600,") == true)
        }
    }

    @Test("tell the service manager that they are ready, busy, alive and stopping")
    func serviceManager() async throws {
        try await withScratchFolder { scratch in
            let manager = try await ServiceManager(in: scratch)
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let daemon = try await bulletin.daemon(manager.environment)
            _ = try await manager.run.line(holding: "READY=1")
            let said = try await manager.run.line(holding: "STATUS=issue")
            #expect(
                said
                    == "STATUS=issue 1 closes Wednesday 25 November 2099 10:00, goes out Wednesday 2 December 2099 10:00"
            )
            // From the workflow itself: twice, so that it is more than the start's own.
            try await manager.hears("WATCHDOG=1", after: 1)
            daemon.signal(SIGTERM)
            #expect(try await manager.run.ended().output.contains("STOPPING=1"))
            #expect(try await daemon.ended().status == 0)
        }
    }

    @Test("send no sign of life to a service manager that watches another process")
    func watchesAnother() async throws {
        try await withScratchFolder { scratch in
            let manager = try await ServiceManager(in: scratch)
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let daemon = try await bulletin.daemon(manager.environment.merging(["WATCHDOG_PID": "1"]) { $1 })
            _ = try await manager.run.line(holding: "STATUS=issue")
            daemon.signal(SIGTERM)
            #expect(try await manager.run.ended().output.contains("STOPPING=1"))
            #expect(manager.times("WATCHDOG") == 0)
        }
    }
}
