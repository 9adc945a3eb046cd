import Bulletin
import Foundation
import Testing

@testable import Settings

@Suite struct EnvironmentTests {
    @Test func aVariableOverridesASingleValue() throws {
        let configuration = try read(
            least,
            environment: [
                "FORTNIGHT_SMTP_URL": "smtp://127.0.0.1:2525", "FORTNIGHT_SMTP_TLS": "none",
                "FORTNIGHT_BULLETIN_REPLYTO": "editor@example.org", "FORTNIGHT_DELIVERY_RETRY_FIRST": "5m",
                "FORTNIGHT_MAILBOX_URL": "maildir:/var/mail/bounces", "FORTNIGHT_CONFIG": "other.yaml",
            ])
        #expect(configuration.smtp.map(\.url.port) == [2525])
        #expect(configuration.bulletin.replyTo?.wire == "editor@example.org")
        #expect(configuration.delivery.retry.first == .seconds(300))
        #expect(configuration.mailbox?.url == "maildir:/var/mail/bounces")
        #expect(configuration.masthead.mailboxIsRead)
        #expect(configuration.warnings.isEmpty)
    }

    @Test func aFaultNamesTheVariable() {
        #expect(
            faults(least, environment: ["FORTNIGHT_SCHEDULE_EVERYWEEKS": "two"]) == [
                "FORTNIGHT_SCHEDULE_EVERYWEEKS: schedule.everyWeeks: \"two\" is not a whole number: write a whole number from 1 to 52 (weeks)"
            ])
        #expect(
            faults(least, environment: ["FORTNIGHT_BULLETIN_PHONE": ""]) == [
                "FORTNIGHT_BULLETIN_PHONE: bulletin.phone: is empty: write a telephone number"
            ])
    }

    @Test func aVariableThatIsNoSettingIsWarnedOf() throws {
        let configuration = try read(
            least, environment: ["FORTNIGHT_SMTP_URI": "x", "FORTNIGHT_EDITORS": "x", "FORTNIGHTLY": "x", "HOME": "/"])
        #expect(
            configuration.warnings == [
                "FORTNIGHT_EDITORS is no setting, and is passed over",
                "FORTNIGHT_SMTP_URI is no setting, and is passed over: did you mean FORTNIGHT_SMTP_URL?",
            ])
    }

    @Test func aVariableCannotTellWhichOfSeveralRelaysItMeans() {
        let text = least.replacing(
            "smtp:\n  url: smtp://relay.example.org:587",
            with: "smtp: [{url: smtp://a.example}, {url: smtp://b.example}]")
        #expect(
            faults(text, environment: ["FORTNIGHT_SMTP_URL": "smtp://c.example"]) == [
                "FORTNIGHT_SMTP_URL: smtp.url: the file has no single section for it: unset the variable, and change the file"
            ])
    }

    @Test func everyDefaultIsWhatTheManualSays() throws {
        #expect(Configuration.reference.count > 50)
        #expect(Set(Configuration.reference.map(\.path)).count == Configuration.reference.count)
        // Written out, every default gives the configuration that leaving it out gives.
        let plain = try read(least)
        var variables: [String: String] = [:]
        for doc in Configuration.reference {
            #expect(doc.doc.hasSuffix("."), "\(doc.path)")
            if let variable = doc.variable, let fallback = doc.fallback, !doc.isDescribed {
                variables[variable] = fallback
            }
        }
        #expect(variables.count > 20)
        let written = try read(least, environment: variables)
        #expect(written.warnings.isEmpty)
        #expect(written.schedule == plain.schedule && written.delivery == plain.delivery && written.web == plain.web)
        #expect(written.smtp == plain.smtp && written.check == plain.check && written.privacy == plain.privacy)
    }

    @Test func theRequiredKeysAreThese() {
        let required = Configuration.reference.filter {
            $0.required && !$0.path.hasPrefix("dkim") && !$0.path.hasPrefix("mailbox") && !$0.path.contains("[")
        }
        #expect(
            required.map(\.path) == [
                "bulletin.name", "bulletin.from", "bulletin.postalAddress", "schedule.first", "smtp.url",
                "web.publicURL",
            ])
    }
}
