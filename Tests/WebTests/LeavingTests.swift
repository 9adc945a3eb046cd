import Bulletin
import Foundation
import Testing

@testable import Web

@Suite struct LeavingTests {
    private static let oneClick = "List-Unsubscribe=One-Click"

    @Test func followingTheLinkChangesNothing() async throws {
        try await OpenHouse.serve { house in
            let id = try house.subscriberList.add(.active, number: 1)
            let path = "/leave/\(house.token(id))"
            for _ in 0..<20 {
                let page = try await house.visitor.get(path)
                #expect(page.status == 200)
                #expect(page.body.contains("<form method=\"post\" action=\"\(path)\""))
            }
            // What ends the sentence, and a mail program took along.
            #expect(try await house.visitor.get("\(path).").body.contains("action=\"\(path)\""))
            let head = try await house.visitor.get(path, method: "HEAD")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(try await house.visitor.get(path, method: "OPTIONS").status == 405)
            #expect(house.subscriberList.writes == 0)
        }
    }

    @Test func oneClickAsAFormUnsubscribes() async throws {
        try await OpenHouse.serve { house in
            let id = try house.subscriberList.add(.active, number: 1)
            let answer = try await house.visitor.post("/leave/\(house.token(id))", Self.oneClick)
            #expect(answer.status == 200)
            #expect(answer.body == "You are unsubscribed.\n")
            #expect(try house.subscriberList[id]?.status == .unsubscribed)
            #expect(try house.subscriberList[id]?.reason == "one-click")
            #expect(try house.subscriberList[id]?.statusSince == OpenHouse.now)
        }
    }

    @Test func oneClickAsMultipartUnsubscribes() async throws {
        try await OpenHouse.serve { house in
            let id = try house.subscriberList.add(.active, number: 1)
            let body = """
                --X-boundary\r
                Content-Disposition: form-data; name="List-Unsubscribe"\r
                \r
                One-Click\r
                --X-boundary--\r

                """
            let answer = try await house.visitor.post(
                "/leave/\(house.token(id))", body, type: "multipart/form-data; boundary=X-boundary",
                headers: ["Origin: https://mail.example.com", "Sec-Fetch-Site: cross-site"])
            #expect(answer.status == 200)
            #expect(try house.subscriberList[id]?.reason == "one-click")
        }
    }

    @Test(arguments: ["", "/", "?utm_source=x", "/?x"]) func oneClickIsAnsweredWhereAProgramOnTheWayChangedTheLink(
        end: String
    ) async throws {
        try await OpenHouse.serve { house in
            let token = house.token(try house.subscriberList.add(.active, number: 1))
            let escaped = String(format: "%%%02X", token.utf8.first ?? 0) + token.dropFirst()
            for spelling in [token, escaped] {
                let answer = try await house.visitor.post("/leave/\(spelling)\(end)", Self.oneClick)
                #expect(answer.status == 200 && answer.body == "You are unsubscribed.\n")
            }
            #expect(try house.subscriberList.counts()[.unsubscribed] == 1)
        }
    }

    @Test func theButtonUnsubscribesAndShowsAPage() async throws {
        try await OpenHouse.serve { house in
            let id = try house.subscriberList.add(.paused, number: 1)
            let answer = try await house.visitor.post(
                "/leave/\(house.token(id))", "", headers: ["Origin: null", "Sec-Fetch-Site: same-origin"])
            #expect(answer.status == 200)
            #expect(answer.body.contains("<!DOCTYPE html>"))
            #expect(try house.subscriberList[id]?.status == .unsubscribed)
            #expect(try house.subscriberList[id]?.reason == "page")
        }
    }

    @Test(arguments: [
        ["Sec-Fetch-Site: cross-site"], ["Origin: https://evil.example.com"], ["Sec-Fetch-Site: same-site"],
    ])
    func aFormFromElsewhereGetsTheButtonInstead(headers: [String]) async throws {
        try await OpenHouse.serve { house in
            let id = try house.subscriberList.add(.active, number: 1)
            let answer = try await house.visitor.post("/leave/\(house.token(id))", "", headers: headers)
            #expect(answer.status == 200)
            #expect(answer.body.contains("<form method=\"post\""))
            #expect(try house.subscriberList[id]?.status == .active)
        }
    }

    @Test func leavingTwiceIsLeavingOnce() async throws {
        try await OpenHouse.serve { house in
            let id = try house.subscriberList.add(.active, number: 1)
            for _ in 0..<3 {
                #expect(try await house.visitor.post("/leave/\(house.token(id))", Self.oneClick).status == 200)
            }
            #expect(house.subscriberList.writes == 1)
        }
    }

    @Test func aForgedLinkIsNotFoundAndSaysSoKindly() async throws {
        try await OpenHouse.serve { house in
            let id = try house.subscriberList.add(.active, number: 1)
            let token = house.token(id)
            for forged in [
                String(token.dropLast()) + (token.hasSuffix("a") ? "b" : "a"), "x", "\(id)", token + "a", "%00",
            ] {
                let page = try await house.visitor.get("/leave/\(forged)")
                #expect(page.status == 404)
                #expect(page.body.contains("0161 496 0000"))
                #expect(try await house.visitor.post("/leave/\(forged)", Self.oneClick).status == 404)
            }
            #expect(house.subscriberList.writes == 0)
        }
    }

    @Test func aLinkWhoseRecordIsGoneIsAnsweredAsDone() async throws {
        try await OpenHouse.serve { house in
            let token = house.token(SubscriberID(high: 9, low: 9))
            let answer = try await house.visitor.post("/leave/\(token)", Self.oneClick)
            #expect(answer.status == 200)
            #expect(house.subscriberList.writes == 0)
        }
    }

    @Test func theLinkFollowsAChangeOfAddress() async throws {
        try await OpenHouse.serve { house in
            let new = try house.subscriberList.add(.active, number: 2)
            let old = try house.subscriberList.add(.moved, number: 1, movedTo: new)
            #expect(try await house.visitor.post("/leave/\(house.token(old))", Self.oneClick).status == 200)
            #expect(try house.subscriberList[new]?.status == .unsubscribed)
            #expect(try house.subscriberList[old]?.status == .moved)
        }
    }

    @Test func aCircleOfMovesEnds() async throws {
        try await OpenHouse.serve { house in
            let one = try house.subscriberList.add(.moved, number: 1, movedTo: SubscriberID(high: 2, low: 2))
            _ = try house.subscriberList.add(.moved, number: 2, movedTo: one)
            #expect(try await house.visitor.post("/leave/\(house.token(one))", Self.oneClick).status == 200)
        }
    }

    @Test(arguments: [SubscriberStatus.complained, .forgotten, .unsubscribed])
    func whoIsGoneAlreadyStaysAsTheyAre(status: SubscriberStatus) async throws {
        try await OpenHouse.serve { house in
            let id = try house.subscriberList.add(status, number: 1)
            #expect(try await house.visitor.post("/leave/\(house.token(id))", Self.oneClick).status == 200)
            #expect(try house.subscriberList[id]?.status == status)
            #expect(house.subscriberList.writes == 0)
        }
    }

    @Test func whatIsNotOnDiskIsNotSaidToBeDone() async throws {
        try await OpenHouse.serve { house in
            let id = try house.subscriberList.add(.active, number: 1)
            house.subscriberList.fail()
            let answer = try await house.visitor.post("/leave/\(house.token(id))", Self.oneClick)
            #expect(answer.status == 500)
            #expect(try house.subscriberList[id]?.status == .active)
        }
    }

    @Test func theLogHoldsNoTokenAndNoAddress() async throws {
        try await OpenHouse.serve { house in
            let id = try house.subscriberList.add(.active, number: 1)
            let token = house.token(id)
            _ = try await house.visitor.get("/leave/\(token)")
            _ = try await house.visitor.post("/leave/\(token)", Self.oneClick)
            _ = try await house.visitor.get("/leave/\(token)/elsewhere")
            house.subscriberList.fail()
            _ = try await house.visitor.post("/leave/\(token)", Self.oneClick)
            let lines = house.log.lines
            #expect(lines.contains { $0.contains(id.description) })
            #expect(lines.allSatisfy { !$0.contains(token) && !$0.contains("@example.net") })
        }
    }
}
