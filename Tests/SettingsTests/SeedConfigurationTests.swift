import Bulletin
import Curl
import Foundation
import TestSupport
import Testing

@testable import Settings

@Suite struct SeedConfigurationTests {
    /// `fortnight init` writes the date in place of `+14d 10:00`; all else is used as it stands.
    @Test func theStarterBulletinsConfigurationIsSoundOnceItIsPlanted() throws {
        let seed = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "seeds/fortnight.yaml")
        let text = try String(contentsOf: seed, encoding: .utf8)
        #expect(text.contains("\n  first: +14d 10:00\n"))
        let planted = text.replacing("  first: +14d 10:00", with: "  first: 2026-12-02 10:00")
        try withScratchFolder { folder in
            let path = folder + "/fortnight.yaml"
            try planted.write(toFile: path, atomically: true, encoding: .utf8)
            let configuration = try Configuration.load(path: path, environment: [:])
            #expect(configuration.warnings.isEmpty)
            #expect(try configuration.relays().map(\.description) == ["smtp://127.0.0.1:2525"])
            #expect(configuration.state == folder + "/state")
            #expect(configuration.cadence.problems().isEmpty)
        }
    }
}
