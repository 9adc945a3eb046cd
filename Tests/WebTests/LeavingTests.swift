import Bulletin
import Foundation
import Testing

@testable import Web

@Suite struct LeavingTests {
    private static let oneClick = "List-Unsubscribe=One-Click"

    @Test func followingTheLinkChangesNothing() async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(.active, number: 1)
            let path = "/leave/\(site.token(id))"
            for _ in 0..<20 {
                let page = try await site.visitor.get(path)
                #expect(page.status == 200)
                #expect(page.body.contains("<form method=\"post\" action=\"\(path)\""))
            }
            // What ends the sentence, and a mail program took along.
            #expect(try await site.visitor.get("\(path).").body.contains("action=\"\(path)\""))
            let head = try await site.visitor.get(path, method: "HEAD")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(try await site.visitor.get(path, method: "OPTIONS").status == 405)
            #expect(site.subscriberList.writes == 0)
        }
    }

    @Test func oneClickAsAFormUnsubscribes() async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(.active, number: 1)
            let answer = try await site.visitor.post("/leave/\(site.token(id))", Self.oneClick)
            #expect(answer.status == 200)
            #expect(answer.body == "You are unsubscribed.\n")
            #expect(try site.subscriberList[id]?.status == .unsubscribed)
            #expect(try site.subscriberList[id]?.reason == "one-click")
            #expect(try site.subscriberList[id]?.statusSince == TestSite.now)
        }
    }

    @Test func oneClickAsMultipartUnsubscribes() async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(.active, number: 1)
            let body = """
                --X-boundary\r
                Content-Disposition: form-data; name="List-Unsubscribe"\r
                \r
                One-Click\r
                --X-boundary--\r

                """
            let answer = try await site.visitor.post(
                "/leave/\(site.token(id))", body, type: "multipart/form-data; boundary=X-boundary",
                headers: ["Origin: https://mail.example.com", "Sec-Fetch-Site: cross-site"])
            #expect(answer.status == 200)
            #expect(try site.subscriberList[id]?.reason == "one-click")
        }
    }

    @Test(arguments: ["", "/", "?utm_source=x", "/?x"]) func oneClickIsAnsweredWhereAProgramOnTheWayChangedTheLink(
        end: String
    ) async throws {
        try await TestSite.serve { site in
            let token = site.token(try site.subscriberList.add(.active, number: 1))
            let escaped = String(format: "%%%02X", token.utf8.first ?? 0) + token.dropFirst()
            for spelling in [token, escaped] {
                let answer = try await site.visitor.post("/leave/\(spelling)\(end)", Self.oneClick)
                #expect(answer.status == 200 && answer.body == "You are unsubscribed.\n")
            }
            #expect(try site.subscriberList.counts()[.unsubscribed] == 1)
        }
    }

    @Test func theButtonUnsubscribesAndShowsAPage() async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(.paused, number: 1)
            let answer = try await site.visitor.post(
                "/leave/\(site.token(id))", "", headers: ["Origin: null", "Sec-Fetch-Site: same-origin"])
            #expect(answer.status == 200)
            #expect(answer.body.contains("<!DOCTYPE html>"))
            #expect(try site.subscriberList[id]?.status == .unsubscribed)
            #expect(try site.subscriberList[id]?.reason == "page")
        }
    }

    @Test(arguments: [
        ["Sec-Fetch-Site: cross-site"], ["Origin: https://evil.example.com"], ["Sec-Fetch-Site: same-site"],
    ])
    func aFormFromElsewhereGetsTheButtonInstead(headers: [String]) async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(.active, number: 1)
            let answer = try await site.visitor.post("/leave/\(site.token(id))", "", headers: headers)
            #expect(answer.status == 200)
            #expect(answer.body.contains("<form method=\"post\""))
            #expect(try site.subscriberList[id]?.status == .active)
        }
    }

    @Test func leavingTwiceIsLeavingOnce() async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(.active, number: 1)
            for _ in 0..<3 {
                #expect(try await site.visitor.post("/leave/\(site.token(id))", Self.oneClick).status == 200)
            }
            #expect(site.subscriberList.writes == 1)
        }
    }

    @Test func aForgedLinkIsNotFoundAndSaysSoKindly() async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(.active, number: 1)
            let token = site.token(id)
            for forged in [
                String(token.dropLast()) + (token.hasSuffix("a") ? "b" : "a"), "x", "\(id)", token + "a", "%00",
            ] {
                let page = try await site.visitor.get("/leave/\(forged)")
                #expect(page.status == 404)
                #expect(page.body.contains("0161 496 0000"))
                #expect(try await site.visitor.post("/leave/\(forged)", Self.oneClick).status == 404)
            }
            #expect(site.subscriberList.writes == 0)
        }
    }

    @Test func aLinkWhoseRecordIsGoneIsAnsweredAsDone() async throws {
        try await TestSite.serve { site in
            let token = site.token(SubscriberID(high: 9, low: 9))
            let answer = try await site.visitor.post("/leave/\(token)", Self.oneClick)
            #expect(answer.status == 200)
            #expect(site.subscriberList.writes == 0)
        }
    }

    @Test func theLinkFollowsAChangeOfAddress() async throws {
        try await TestSite.serve { site in
            let new = try site.subscriberList.add(.active, number: 2)
            let old = try site.subscriberList.add(.moved, number: 1, movedTo: new)
            #expect(try await site.visitor.post("/leave/\(site.token(old))", Self.oneClick).status == 200)
            #expect(try site.subscriberList[new]?.status == .unsubscribed)
            #expect(try site.subscriberList[old]?.status == .moved)
        }
    }

    @Test func aCircleOfMovesEnds() async throws {
        try await TestSite.serve { site in
            let one = try site.subscriberList.add(.moved, number: 1, movedTo: SubscriberID(high: 2, low: 2))
            _ = try site.subscriberList.add(.moved, number: 2, movedTo: one)
            #expect(try await site.visitor.post("/leave/\(site.token(one))", Self.oneClick).status == 200)
        }
    }

    @Test(arguments: [SubscriberStatus.complained, .forgotten, .unsubscribed])
    func whoIsGoneAlreadyStaysAsTheyAre(status: SubscriberStatus) async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(status, number: 1)
            #expect(try await site.visitor.post("/leave/\(site.token(id))", Self.oneClick).status == 200)
            #expect(try site.subscriberList[id]?.status == status)
            #expect(site.subscriberList.writes == 0)
        }
    }

    @Test func whatIsNotOnDiskIsNotSaidToBeDone() async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(.active, number: 1)
            site.subscriberList.fail()
            let answer = try await site.visitor.post("/leave/\(site.token(id))", Self.oneClick)
            #expect(answer.status == 500)
            #expect(try site.subscriberList[id]?.status == .active)
        }
    }

    @Test func theLogHoldsNoTokenAndNoAddress() async throws {
        try await TestSite.serve { site in
            let id = try site.subscriberList.add(.active, number: 1)
            let token = site.token(id)
            _ = try await site.visitor.get("/leave/\(token)")
            _ = try await site.visitor.post("/leave/\(token)", Self.oneClick)
            _ = try await site.visitor.get("/leave/\(token)/elsewhere")
            site.subscriberList.fail()
            _ = try await site.visitor.post("/leave/\(token)", Self.oneClick)
            let lines = site.log.lines
            #expect(lines.contains { $0.contains(id.description) })
            #expect(lines.allSatisfy { !$0.contains(token) && !$0.contains("@example.net") })
        }
    }
}
