import Testing

@testable import Web

@Suite struct FormBodyTests {
    private func isOneClick(_ body: String, _ type: String?) -> Bool {
        FormBody.isOneClick(Array(body.utf8), contentType: type)
    }

    @Test(arguments: [
        "List-Unsubscribe=One-Click", "a=b&List-Unsubscribe=One-Click", "list-unsubscribe=one%2Dclick",
        "List-Unsubscribe=One-Click\r\n",
    ])
    func theWishIsFoundInAForm(body: String) {
        #expect(isOneClick(body, "application/x-www-form-urlencoded"))
        #expect(isOneClick(body, nil))
    }

    @Test(arguments: [
        "", "List-Unsubscribe", "List-Unsubscribe=", "List-Unsubscribe=No", "x=List-Unsubscribe=One-Click",
    ])
    func anythingElseIsNoWish(body: String) { #expect(!isOneClick(body, "application/x-www-form-urlencoded")) }

    @Test(arguments: ["boundary=b", "boundary=\"b\"", "charset=utf-8; Boundary=b"])
    func theWishIsFoundInMultipart(parameters: String) {
        let body = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
        #expect(isOneClick(body, "multipart/form-data; \(parameters)"))
        #expect(isOneClick(body.replacing("\r\n", with: "\n"), "Multipart/Form-Data; \(parameters)"))
        #expect(!isOneClick(body.replacing("One-Click", with: "Never"), "multipart/form-data; \(parameters)"))
        #expect(!isOneClick(body, "multipart/form-data"))
    }
}
