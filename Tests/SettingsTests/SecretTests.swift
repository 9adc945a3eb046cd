import Curl
import Foundation
import TestSupport
import Testing

@testable import Settings

@Suite("A secret")
struct SecretTests {
    @Test("is found where systemd lends a whole folder of them, and beside the configuration elsewhere")
    func lentFolder() throws {
        try withScratchFolder { folder in
            let file = folder + "/fortnight.yaml"
            let text = least("smtp", "username: bulletin", "passwordFile: secrets/smtp-password")
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            for place in ["/secrets", "/lent"] {
                try FileManager.default.createDirectory(atPath: folder + place, withIntermediateDirectories: false)
            }
            try "beside".write(toFile: folder + "/secrets/smtp-password", atomically: true, encoding: .utf8)
            let environment = ["CREDENTIALS_DIRECTORY": folder + "/lent"]
            let configuration = try Configuration.load(path: file, environment: environment)
            #expect(try configuration.relays().first?.password == "beside")
            try "lent\n".write(toFile: folder + "/lent/secrets_smtp-password", atomically: true, encoding: .utf8)
            #expect(try configuration.relays().first?.password == "lent")
        }
    }
}
