import Basics
import Bulletin
import Foundation
import Records
import Testing
import Tokens

@testable import Web

@Suite("Choosing on the web")
struct ChoosingPagesTests {
    private static let ours = ["Sec-Fetch-Site: same-origin"]

    private func add(_ site: TestSite, _ text: String = "ada@example.net") throws -> SubscriberID {
        let address = try EmailAddress(text)
        let id = site.tokenKeys.id(for: address)
        _ = try site.subscriberList.change(id) { _ in
            Subscriber(id: id, status: .active, since: TestSite.now - 86_400, address: address, name: "Ada \"A\" <b>")
        }
        return id
    }

    private func link(_ site: TestSite, _ id: SubscriberID, version: Int = 1) -> String {
        "/choices/" + site.tokenKeys.token(.choices, for: id, version: version, until: TestSite.now + 60)
    }

    private func post(_ site: TestSite, _ link: String, _ body: String) async throws -> Visitor.Answer {
        try await site.visitor.post(link, body, headers: Self.ours)
    }

    @Test("shows how it stands, and saves name, look and pause")
    func saving() async throws {
        try await TestSite.serve { site in
            let id = try add(site)
            let link = link(site, id)
            let page = try await site.visitor.get(link)
            #expect(page.status == 200 && page.body.contains("Ada &quot;A&quot; &lt;b&gt;"))
            #expect(page.headers["cache-control"] == "no-store" && page.headers["x-robots-tag"] == "noindex")
            #expect(page.headers["referrer-policy"] == "no-referrer")
            let saved = try await post(site, link, "action=save&name=Ada+L&format=text&until=2027-01-31")
            #expect(saved.status == 200 && saved.body.contains("Saved."))
            let record = try #require(try site.subscriberList[id])
            #expect(record.name == "Ada L" && record.format == .text && record.status == .paused)
            #expect(record.pausedUntil == LocalDate("2027-01-31"))
            #expect(try await site.visitor.get(link).body.contains("value=\"2027-01-31\""))
            _ = try await post(site, link, "action=save&name=&format=both&until=")
            #expect(try site.subscriberList[id]?.status == .active)
        }
    }

    @Test(
        "refuses what makes no sense, and changes nothing",
        arguments: [
            "action=save&format=html", "action=save&format=text&until=2020-01-01", "action=save&format=text&until=soon",
            "action=save&format=text&until=2099-01-01", "action=save&format=text&name=a%0ab", "action=nonsense", "",
            "action=move&email=nobody", "action=move&email=ada%40example.net",
        ])
    func refused(body: String) async throws {
        try await TestSite.serve { site in
            let id = try add(site)
            let before = try site.subscriberList[id]
            #expect(try await post(site, link(site, id), body).status == 422)
            #expect(try site.subscriberList[id] == before)
        }
    }

    @Test("moves to an address that was confirmed, and owes the old one a word")
    func moving() async throws {
        try await TestSite.serve { site in
            let id = try add(site)
            #expect(try await post(site, link(site, id), "action=move&email=new%40example.net").status == 200)
            let newID = site.tokenKeys.id(for: try EmailAddress("new@example.net"))
            #expect(try site.subscriberList[id]?.status == .active)
            #expect(try site.subscriberList[newID]?.status == .unconfirmed)
            let confirm =
                "/confirm/" + site.tokenKeys.token(.confirm, for: newID, version: 1, until: TestSite.now + 60)
            #expect(try await post(site, confirm, "").body.contains("You are on the list"))
            #expect(try site.subscriberList[newID]?.status == .active)
            #expect(try site.subscriberList[id]?.status == .moved)
            #expect(try site.subscriberList[id]?.movedTo == newID)
            #expect(try site.subscriberList[id]?.owes?.request == .changeOfAddress)
            #expect(try await site.visitor.get(link(site, id)).status == 410)
        }
    }

    @Test("takes a pause along to another address, and says that it holds")
    func movingAsleep() async throws {
        try await TestSite.serve { site in
            let id = try add(site)
            _ = try await post(site, link(site, id), "action=save&name=Ada&format=both&until=2027-01-31")
            _ = try await post(site, link(site, id), "action=move&email=new%40example.net")
            let newID = site.tokenKeys.id(for: try EmailAddress("new@example.net"))
            let confirm =
                "/confirm/" + site.tokenKeys.token(.confirm, for: newID, version: 1, until: TestSite.now + 60)
            let page = try await post(site, confirm, "").body
            #expect(page.contains("from 2027-01-31 on") && !page.contains("The next issue"))
            #expect(try site.subscriberList[newID]?.pausedUntil == LocalDate("2027-01-31"))
        }
    }

    @Test("gives all that is kept as JSON, leaves, and forgets")
    func leaving() async throws {
        try await TestSite.serve { site in
            let id = try add(site)
            let kept = try await post(site, link(site, id), "action=download")
            #expect(kept.headers["content-disposition"] == "attachment; filename=\"what-we-keep.json\"")
            let json = try JSONSerialization.jsonObject(with: Data(kept.body.utf8)) as? [String: Any]
            #expect(json?["address"] as? String == "ada@example.net")
            #expect(try await post(site, link(site, id), "action=leave").body.contains("You have left"))
            #expect(try site.subscriberList[id]?.status == .unsubscribed)
            let other = try add(site, "bob@example.net")
            #expect(try await post(site, link(site, other), "action=forget").body.contains("You are forgotten"))
            #expect(try site.subscriberList[other] == Subscriber(id: other, status: .forgotten, since: TestSite.now))
        }
    }

    @Test("a form on somebody else's page, and a link of another version, change nothing")
    func forged() async throws {
        try await TestSite.serve { site in
            let id = try add(site)
            let answer = try await site.visitor.post(
                link(site, id), "action=forget", headers: ["Sec-Fetch-Site: cross-site"])
            #expect(answer.status == 200 && answer.body.contains("Your choices"))
            #expect(try await post(site, link(site, id, version: 2), "action=forget").status == 410)
            #expect(try site.subscriberList[id]?.status == .active)
        }
    }

    @Test("a message's link to leave sends the link to the choices, and to the mailbox only")
    func fromAMessage() async throws {
        try await TestSite.serve { site in
            let id = try add(site)
            let answer = try await post(site, "/leave/\(site.token(id))", "action=choices")
            #expect(answer.body.contains("Please check your mail") && !answer.body.contains("/choices/"))
            #expect(try site.subscriberList[id]?.status == .active)
            #expect(try site.subscriberList[id]?.owes?.request == .choices)
        }
    }
}
