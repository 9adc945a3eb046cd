import Bulletin
import Curl
import Foundation
import Testing

@testable import Settings

@Suite struct LoadingTests {
    @Test(
        "a file that has no keys at all is refused as such",
        arguments: ["root:x:0:0:root", "[]", "- a", "null", "\"x\""])
    func noSection(_ text: String) throws {
        let said = faults(text + "\n")
        #expect(
            said.count == 1 && said[0].hasPrefix("fortnight.yaml:1:1: ") && said[0].contains("not a section"), "\(said)"
        )
    }

    @Test(
        "a zone may go by any name of the database", arguments: ["Asia/Kolkata", "Asia/Calcutta", "Europe/Kyiv"])
    func zones(_ name: String) throws {
        #expect(try read(least("schedule", "timezone: \(name)")).schedule.timezone.identifier == name)
        #expect(
            faults(least("schedule", "timezone: asia/calcutta")).first?.contains("did you mean Asia/Calcutta?") == true)
        #expect(faults(least("schedule", "timezone: Mars/Olympus")).first?.contains("is no time zone") == true)
    }

    @Test func theLeastConfigurationTakesEveryDefault() throws {
        let configuration = try read(least)
        #expect(configuration.bulletin.publisher == "Health eBulletin")
        #expect(configuration.bulletin.language == "en-GB")
        #expect(configuration.schedule.timezone.identifier == "Europe/London")
        #expect(configuration.schedule.everyWeeks == 2)
        #expect(configuration.schedule.latest == .seconds(12 * 3600))
        #expect(configuration.smtp.count == 1)
        #expect(configuration.smtp[0].tls == .required)
        #expect(configuration.delivery.returnAddress.wire == "bulletin@example.org")
        #expect(configuration.delivery.retry.giveUpAfter == .seconds(2 * 86_400))
        #expect(configuration.web.listen.description == "127.0.0.1:8080")
        #expect(configuration.web.trustedProxies == ["127.0.0.1"])
        #expect(configuration.dkim.isEmpty && configuration.mailbox == nil)
        #expect(configuration.state == configuration.folder + "/state")
        #expect(configuration.warnings.isEmpty)
        let relay = try #require(try configuration.relays().first)
        #expect(relay.description == "smtp://relay.example.org:587")
        #expect(relay.hello == "example.org")
    }
}
