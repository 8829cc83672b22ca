"""The bare thing to compare with: FastAPI and wechatpy, safe mode, an echo; keeps nothing."""

import sys
import time

import uvicorn
from fastapi import FastAPI, Request, Response
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply

from tests.simulators.wechat import Account

ACCOUNT = Account()
crypto = WeChatCrypto(ACCOUNT.token, ACCOUNT.aes_key, ACCOUNT.appid)
app = FastAPI()


@app.get("/readyz")
def ready() -> str:
    return "ok"


@app.post("/wechat")
async def echo(request: Request) -> Response:
    query = request.query_params
    xml = crypto.decrypt_message(
        await request.body(), query["msg_signature"], query["timestamp"], query["nonce"]
    )
    message = parse_message(xml)
    reply = TextReply(message=message, content=message.content, time=int(time.time()))
    sealed = crypto.encrypt_message(reply.render(), query["nonce"], query["timestamp"])
    return Response(sealed, media_type="text/xml")


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
